/// The end of a run in its history.
public struct DoneRecord: Sendable, Hashable, Codable {
  /// The number of steps made.
  public let steps: Int
  /// The loss of the best checkpoint on the held-out text, of the last one if that is gone, in bits per byte.
  public let validationBitsPerByte: Double
  /// The number of parameters.
  public let parameters: Int
  /// The time that the run has trained for, in seconds.
  public let elapsedSeconds: Double
  /// The most memory that the process has had, in bytes.
  public let peakMemoryBytes: Int
  /// The folder of the run.
  public let run: String

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine {
    [
      "event": "done", "steps": .integer(steps), "validationBitsPerByte": .number(validationBitsPerByte),
      "parameters": .integer(parameters), "elapsedSeconds": .number(elapsedSeconds),
      "peakMemoryBytes": .integer(peakMemoryBytes), "run": .text(run),
    ]
  }
}
