import GodwitModels

/// What the command line calls the fields of the library, for messages.
enum OptionName {
  private static let others = [
    "warmupSteps": "--warmup", "heldOutFraction": "--held-out", "evaluationInterval": "--evaluate-every",
    "sampleInterval": "--sample-every",
  ]

  /// The option that sets a field, such as `--learning-rate` for `learningRate`.
  static func of(_ field: String) -> String {
    others[field] ?? "--" + field.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }.joined()
  }

  /// How the value of an option differs from the one that a run has.
  static func difference(_ difference: FieldDifference) -> String {
    "\(of(difference.field)) is \(difference.expected) in it, not \(difference.found)"
  }
}
