import Foundation
import GodwitModels
import GodwitTestSupport

/// A small run, trained once for all tests by the command itself.
enum TrainedRun {
  /// The folder of the run; tests do not change it.
  static func folder() throws -> String { try made.get().folder }

  /// The text that it was trained on.
  static func text() throws -> String { try made.get().text }

  private struct Made {
    let scratch: TemporaryFolder
    let folder: String
    let text: String
  }

  private static let made: Result<Made, any Error> = Result {
    let scratch = try TemporaryFolder()
    let lines = (0..<400).map { "line \($0): the quick brown fox jumps over \($0 % 7) lazy dogs\n" }
    let text = try scratch.write("text.txt", lines.joined())
    let folder = scratch.path("run")
    let run = try CommandRun(
      "train", text, "--steps", "20", "--width", "16", "--depth", "1", "--heads", "2", "--context", "32", "--batch",
      "4",
      "--learning-rate", "0.01", "--out", folder)
    guard run.exitCode == 0 else { throw TrainingFailure(message: run.error) }
    return Made(scratch: scratch, folder: folder, text: text)
  }

  private struct TrainingFailure: Error {
    let message: String
  }
}
