/// A new number of steps in the history of a run that has a time instead of one.
public struct PlanRecord: Sendable, Hashable, Codable {
  /// The number of steps made when it was planned.
  public let step: Int
  /// The number of steps of the whole run from then on.
  public let steps: Int

  /// As a line of `metrics.jsonl`.
  package var line: JSONLine { ["event": "plan", "step": .integer(step), "steps": .integer(steps)] }
}
