import ArgumentParser
import GodwitModels

/// Where a picture goes.
struct PlotOption: ParsableArguments {
  @Option(help: ArgumentHelp("Draw a picture (SVG) into this file.", valueName: "file"))
  var plot: String?

  func validate() throws { try refuseEmptyPath(plot, "--plot") }

  /// Throws where the picture could not be written, before the work that it is to show.
  func check() throws { if let plot { try AtomicFile.check(plot) } }

  /// Writes the picture that `svg` draws, if one is wanted, and says so.
  func write(on console: Console, _ svg: (_ command: String) -> String) throws {
    guard let plot else { return }
    try AtomicFile.write(svg(ShellCommand.current).utf8, to: plot)
    console.note("the picture is in \(plot)")
  }
}
