/// A step in the history of a run that was skipped, as its loss or its gradient was not finite; the model stayed as it was.
public struct SkippedRecord: Sendable, Hashable {
  /// The number of steps made, this one among them.
  public let step: Int
  /// What was not finite: `loss` or `gradient`.
  public let notFinite: String

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine { ["event": "skipped", "step": .integer(step), "notFinite": .text(notFinite)] }
}
