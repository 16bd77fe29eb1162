import ArgumentParser
import Foundation
import GodwitModels

/// Where a picture goes.
struct PlotOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw a picture (SVG) into this file; only another picture is overwritten.", valueName: "file"))
  var plot: String?

  func validate() throws { try refuseEmptyPath(plot, "--plot") }

  /// Throws where the picture could not be written, before the work that it is to show.
  func check() throws {
    guard let plot else { return }
    try AtomicFile.check(plot)
    let old = try FileHandle(forReadingAtPath: plot)?.read(upToCount: 4) ?? Data()
    if !old.isEmpty && old != Data("<svg".utf8) {
      throw CommandFailure(
        "--plot \(plot): the file is there and is no picture in SVG, so it is left as it is; give another name")
    }
    let ending = URL(filePath: plot).pathExtension
    if !ending.isEmpty && ending.lowercased() != "svg" {
      throw CommandFailure(
        "--plot \(plot): the picture is SVG; give a name that ends in .svg", exitCode: .validationFailure)
    }
  }

  /// Writes the picture that `svg` draws, if one is wanted, and says so.
  func write(on console: Console, _ svg: (_ command: String) throws -> String) throws {
    guard let plot else { return }
    try AtomicFile.write(try svg(ShellCommand.current).utf8, to: plot)
    console.note("the picture is in \(plot)")
  }
}
