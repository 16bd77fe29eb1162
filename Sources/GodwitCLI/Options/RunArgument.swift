import ArgumentParser
import GodwitModels

/// The folder of a run, and which of its checkpoints.
struct RunArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of a run, as 'godwit train' named it at its end.", valueName: "run"))
  var folder: String

  @Option(help: "The checkpoint to read: the one with the best validation, or the last.")
  var checkpoint: CheckpointKind = .best

  func validate() throws { try refuseEmptyPath(folder, "<run>") }

  /// Reads the run and the model of its checkpoint.
  func load(on console: Console) throws -> LoadedRun {
    try LoadedRun(folder, checkpoint: checkpoint, on: console)
  }
}

/// A run with the model of one of its checkpoints.
struct LoadedRun {
  let run: Run<LanguageModeling>
  let model: LanguageModel
  let checkpoint: CheckpointKind

  /// Reads a run and the model of a checkpoint; says so if that has to be another one than the best.
  init(_ folder: String, checkpoint: CheckpointKind, on console: Console) throws {
    run = try Run(loading: folder)
    self.checkpoint = run.available(checkpoint)
    model = try run.model(self.checkpoint)
    // Where nothing is held out the last one is the best that there is.
    if self.checkpoint != checkpoint, run.configuration.training.heldOutFraction > 0 {
      let steps = Quantity.counted(try run.step(of: self.checkpoint), "step")
      console.warn("there is no \(checkpoint.rawValue) checkpoint in \(folder); the last one, after \(steps), is used")
    }
  }
}

extension CheckpointKind: ExpressibleByArgument {}
