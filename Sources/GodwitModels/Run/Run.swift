import Foundation

/// A run of training, read from its folder.
///
///     let run = try Run(loading: "runs/shakespeare")
///     for byte in TextGenerator(try run.model(), prompt: "ROMEO:", seed: 7).prefix(500) { … }
public struct Run: Sendable {
  public let folder: RunFolder
  public let configuration: RunConfiguration
  public let history: RunHistory

  /// Reads what a run was made with and what it recorded; its models are read when they are asked for.
  ///
  /// The run may be in training at the time.
  public init(loading path: String) throws(RunError) {
    folder = RunFolder(path)
    configuration = try RunConfiguration(of: folder)
    let lines =
      FileManager.default.fileExists(atPath: folder.metrics) ? try RunFolder.contents(of: folder.metrics) : Data()
    do throws(RunHistory.MalformedLine) { history = try RunHistory(lines: lines) } catch {
      throw .malformed(path: folder.metrics, reason: "line \(error.number) is not an object of the history")
    }
  }

  /// The model of a checkpoint; before the first validation, when there is no best one, the last.
  public func model(_ kind: CheckpointKind = .best) throws(RunError) -> LanguageModel {
    try CheckpointFile(reading: path(of: kind)).model(expecting: configuration.model)
  }

  /// The number of steps that a checkpoint's model had.
  public func step(of kind: CheckpointKind = .best) throws(RunError) -> Int {
    try CheckpointFile(reading: path(of: kind)).progress.step
  }

  private func path(of kind: CheckpointKind) -> String {
    let path = folder.checkpoint(kind)
    return FileManager.default.fileExists(atPath: path) ? path : folder.checkpoint(.last)
  }
}
