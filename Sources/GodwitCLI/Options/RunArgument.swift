import ArgumentParser
import GodwitModels

/// The folder of a run, and which of its checkpoints.
struct RunArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of a run, as 'godwit train' named it at its end.", valueName: "run"))
  var folder: String

  @Option(help: "The checkpoint to read: the one with the best validation, or the last.")
  var checkpoint: CheckpointKind = .best

  func validate() throws { try refuseEmptyPath(folder, "<run>") }

  /// Reads the run and the model of its checkpoint; says so if that has to be another one than the best.
  func load(on console: Console) throws -> LoadedRun {
    let run = try Run(loading: folder)
    let available = run.available(checkpoint)
    let model = try run.model(available)
    if available != checkpoint {
      let steps = Quantity.counted(try run.step(of: available), "step")
      console.warn("there is no \(checkpoint.rawValue) checkpoint in \(folder); the last one, after \(steps), is used")
    }
    return LoadedRun(run: run, model: model, checkpoint: available)
  }
}

/// A run with the model of one of its checkpoints.
struct LoadedRun {
  let run: Run
  let model: LanguageModel
  let checkpoint: CheckpointKind
}

extension CheckpointKind: ExpressibleByArgument {}
