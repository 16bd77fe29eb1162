/// A step in the history of a run.
public struct StepRecord: Sendable, Hashable {
  /// The number of steps made.
  public let step: Int
  /// The mean loss on the training data, as the task tells it.
  public let loss: Double
  /// How much was learned from in a second, in the task's unit.
  public let unitsPerSecond: Double
  /// The time that the run has trained for, in seconds.
  public let elapsedSeconds: Double

  /// As a line of `metrics.jsonl`.
  package func line(_ figures: TaskFigures) -> JSONLine {
    [
      "event": "step", "step": .integer(step), figures.loss.key: .number(loss),
      figures.rateKey: .number(unitsPerSecond), "elapsedSeconds": .number(elapsedSeconds),
    ]
  }
}
