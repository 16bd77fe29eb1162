/// A change of the learning rate in the history of a run.
public struct LearningRateRecord: Sendable, Hashable, Codable {
  /// The number of steps made with the old one.
  public let step: Int
  /// The greatest learning rate of the schedule from there on; the rest of the schedule is scaled with it.
  public let learningRate: Double

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine {
    ["event": "learningRate", "step": .integer(step), "learningRate": .number(learningRate)]
  }
}
