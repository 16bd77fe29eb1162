/// A prediction of held-out text in the history of a run.
public struct ValidationRecord: Sendable, Hashable, Codable {
  /// The number of steps made.
  public let step: Int
  /// The loss on the held-out text, in bits per byte.
  public let validationBitsPerByte: Double

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine {
    ["event": "validation", "step": .integer(step), "validationBitsPerByte": .number(validationBitsPerByte)]
  }
}
