import ArgumentParser
import Foundation
import GodwitLayers
import GodwitModels
import GodwitTensor

/// `godwit info`.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what a run is made of and how its training went.",
    discussion: """
      EXAMPLES
        godwit info runs/first
        godwit info runs/first --json
      """)

  @OptionGroup var source: RunArgument
  @OptionGroup var output: OutputOptions

  func run() throws {
    let (run, model) = try source.load()
    let report = RunReport(
      run, model, checkpoint: source.checkpoint, step: try run.step(of: source.checkpoint))
    let console = output.console
    for (name, value) in report.rows { console.result(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value) }
    console.emit(report.line)
  }
}
