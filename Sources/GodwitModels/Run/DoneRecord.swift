/// The end of a run in its history.
public struct DoneRecord: Sendable, Hashable {
  /// The number of steps made.
  public let steps: Int
  /// The task's figures of the best checkpoint on the held-out data, of the last one if that is gone; the deciding one first.
  /// None if no data are held out.
  public let figures: [Double]
  /// The number of parameters.
  public let parameters: Int
  /// The time that the run has trained for, in seconds.
  public let elapsedSeconds: Double
  /// The most memory that the process has had, in bytes.
  public let peakMemoryBytes: Int
  /// The folder of the run.
  public let run: String

  /// The figure that decides which checkpoint is the best; nil if no data are held out.
  public var deciding: Double? { figures.first }

  /// As a line of `metrics.jsonl`.
  package func line(_ names: TaskFigures) -> JSONLine {
    var line: JSONLine = ["event": "done", "steps": .integer(steps)]
    for (index, figure) in names.heldOut.enumerated() {
      line[figure.key] = figures.isEmpty ? .null : .number(figures[index])
    }
    line["parameters"] = .integer(parameters)
    line["elapsedSeconds"] = .number(elapsedSeconds)
    line["peakMemoryBytes"] = .integer(peakMemoryBytes)
    line["run"] = .text(run)
    return line
  }
}
