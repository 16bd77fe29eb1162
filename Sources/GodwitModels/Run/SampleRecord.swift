/// Some text by the model in the history of a run.
public struct SampleRecord: Sendable, Hashable, Codable {
  /// The number of steps made.
  public let step: Int
  /// The text; what is not UTF-8 in it is replaced by U+FFFD.
  public let text: String

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine { ["event": "sample", "step": .integer(step), "text": .text(text)] }
}
