import ArgumentParser
import Foundation
import GodwitLayers
import GodwitModels
import GodwitTensor

/// `godwit info`.
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what runs are made of and how their training went.",
    discussion: """
      With --plot the losses of all runs on their held-out texts stand in one picture, against the time that each has \
      trained for: which learns faster, by the clock. Runs that differ by their --seed alone are one curve, their mean.

      EXAMPLES
        godwit info runs/first
        godwit info runs/first --json
        godwit info runs/flash runs/transformer --plot losses.svg
      """)

  @Argument(help: ArgumentHelp("The folders of runs, as 'godwit train' named them at its end.", valueName: "run"))
  var folders: [String]

  @Option(help: "The checkpoint to read: the one with the best validation, or the last.")
  var checkpoint: CheckpointKind = .best

  @OptionGroup var plot: PlotOption
  @OptionGroup var output: OutputOptions

  func validate() throws { for folder in folders { try refuseEmptyPath(folder, "<run>") } }

  func run() throws {
    let console = output.console
    try plot.check()
    let runs = try folders.map { try LoadedRun($0, checkpoint: checkpoint, on: console) }
    for (index, loaded) in runs.enumerated() {
      let report = RunReport(loaded, step: try loaded.run.step(of: loaded.checkpoint))
      if let problem = loaded.run.historyProblem { console.warn(problem) }
      if index > 0 { console.result("") }
      for (name, value) in report.rows {
        console.result(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value)
      }
      console.emit(report.line)
    }
    try plot.write(on: console) { command in
      LossChart.svg(zip(labels, runs).map { ($0, $1.run) }, command: command)
    }
  }

  /// As many of the last parts of the paths as tell them apart.
  private var labels: [String] {
    let paths = folders.map { URL(filePath: $0).standardizedFileURL.pathComponents }
    for count in 1...(paths.map(\.count).max() ?? 1) {
      let names = paths.map { $0.suffix(count).joined(separator: "/") }
      if Set(names).count == Set(paths).count { return names }
    }
    return folders
  }
}
