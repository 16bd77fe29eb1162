import ArgumentParser
import GodwitModels

/// `godwit evaluate`.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how well a trained model predicts a text, or which mixers solve a problem of memory.",
    discussion: """
      With a run, it predicts a text and prints bits per byte. With the name of a problem, it trains small models that differ \
      by their mixers on it and tells how much of it each has solved: copying, selective-copying, induction-heads, \
      associative-recall. A run whose folder has such a name is written ./copying.

      EXAMPLES
        godwit evaluate runs/first --text README.md
        godwit evaluate runs/first --text letters --json
        godwit evaluate selective-copying --mixer mamba --mixer retnet
        godwit evaluate text --help
      """,
    subcommands: [
      EvaluateTextCommand.self, EvaluateCopyingCommand.self, EvaluateSelectiveCopyingCommand.self,
      EvaluateInductionHeadsCommand.self, EvaluateAssociativeRecallCommand.self,
    ],
    defaultSubcommand: EvaluateTextCommand.self)
}
