/// Something that the model made in the history of a run.
public struct SampleRecord: Sendable, Hashable {
  /// The number of steps made.
  public let step: Int
  /// What it made, in words; of a text, what is not UTF-8 in it is replaced by U+FFFD.
  public let text: String

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine { ["event": "sample", "step": .integer(step), "text": .text(text)] }
}
