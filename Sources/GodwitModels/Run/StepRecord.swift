/// A step in the history of a run.
public struct StepRecord: Sendable, Hashable, Codable {
  /// The number of steps made.
  public let step: Int
  /// The loss on the training text, in bits per byte.
  public let trainBitsPerByte: Double
  /// The bytes learned from in a second.
  public let tokensPerSecond: Double
  /// The time that the run has trained for, in seconds.
  public let elapsedSeconds: Double

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine {
    [
      "event": "step", "step": .integer(step), "trainBitsPerByte": .number(trainBitsPerByte),
      "tokensPerSecond": .number(tokensPerSecond), "elapsedSeconds": .number(elapsedSeconds),
    ]
  }
}
