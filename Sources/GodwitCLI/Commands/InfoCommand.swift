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
    let console = output.console
    let loaded = try source.load(on: console)
    let report = RunReport(loaded, step: try loaded.run.step(of: loaded.checkpoint))
    if let problem = loaded.run.historyProblem { console.warn(problem) }
    for (name, value) in report.rows { console.result(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value) }
    console.emit(report.line)
  }
}
