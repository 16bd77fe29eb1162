import ArgumentParser
import GodwitModels

/// The folder of a run, and which of its checkpoints.
struct RunArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("The folder of a run, as 'godwit train' named it at its end.", valueName: "run"))
  var folder: String

  @Option(help: "The checkpoint to read: the one with the best validation, or the last.")
  var checkpoint: CheckpointKind = .best

  /// Reads the run and the model of its checkpoint.
  func load() throws -> (run: Run, model: LanguageModel) {
    let run = try Run(loading: folder)
    return (run, try run.model(checkpoint))
  }
}

extension CheckpointKind: ExpressibleByArgument {}
