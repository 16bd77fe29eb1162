/// A prediction of held-out data in the history of a run.
public struct ValidationRecord: Sendable, Hashable {
  /// The number of steps made.
  public let step: Int
  /// The task's figures on the held-out data, the deciding one first.
  public let figures: [Double]

  /// The figure that decides which checkpoint is the best.
  public var deciding: Double { figures[0] }

  /// As a line of `metrics.jsonl`.
  package func line(_ names: TaskFigures) -> JSONLine {
    var line: JSONLine = ["event": "validation", "step": .integer(step)]
    for (figure, value) in zip(names.heldOut, figures) { line[figure.key] = .number(value) }
    return line
  }
}
