/// An option of training with a value that it cannot have.
public struct TrainingOptionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The option.
  public let option: String
  /// Its value.
  public let found: String
  /// What it can be.
  public let expected: String

  public var description: String { "\(option) is \(found); expected \(expected)" }
}

extension TrainingOptions {
  /// Stops options that cannot be used, whatever a file or a command line gave as their numbers.
  public func validate() throws(TrainingOptionError) {
    if let steps { try check("steps", steps, in: 1...1_000_000_000_000) }
    guard minutes > 0, minutes <= 5_256_000 else {
      throw TrainingOptionError(
        option: "minutes", found: "\(minutes)", expected: "more than 0, at most 5,256,000 (ten years)")
    }
    try check("batch", batch, in: 1...1_048_576)
    try check("accumulation", accumulation, in: 1...1_048_576)
    try checkPositive("learningRate", learningRate)
    if let finalLearningRate { try checkNotNegative("finalLearningRate", finalLearningRate) }
    if let warmupSteps { try check("warmupSteps", warmupSteps, in: 0...1_000_000_000_000) }
    try checkFraction("beta1", beta1)
    try checkFraction("beta2", beta2)
    try checkPositive("epsilon", epsilon)
    try checkNotNegative("weightDecay", weightDecay)
    if let clip { try checkPositive("clip", clip) }
    guard heldOutFraction > 0, heldOutFraction < 1 else {
      throw TrainingOptionError(
        option: "heldOutFraction", found: "\(heldOutFraction)", expected: "more than 0 and less than 1")
    }
    if let evaluationInterval { try check("evaluationInterval", evaluationInterval, in: 1...1_000_000_000_000) }
    try check("evaluationBytes", evaluationBytes, in: 1...1_000_000_000_000)
    if let sampleInterval { try check("sampleInterval", sampleInterval, in: 0...1_000_000_000_000) }
    try check("sampleBytes", sampleBytes, in: 1...1_000_000)
    if let logInterval { try check("logInterval", logInterval, in: 1...1_000_000_000_000) }
  }

  private func check(_ option: String, _ value: Int, in range: ClosedRange<Int>) throws(TrainingOptionError) {
    if range.contains(value) { return }
    let (least, most) = (Quantity.grouped(range.lowerBound), Quantity.grouped(range.upperBound))
    throw TrainingOptionError(option: option, found: "\(value)", expected: "a number from \(least) to \(most)")
  }

  private func checkPositive(_ option: String, _ value: Double) throws(TrainingOptionError) {
    if value > 0, value.isFinite { return }
    throw TrainingOptionError(option: option, found: "\(value)", expected: "a positive number")
  }

  private func checkNotNegative(_ option: String, _ value: Double) throws(TrainingOptionError) {
    if value >= 0, value.isFinite { return }
    throw TrainingOptionError(option: option, found: "\(value)", expected: "a number of at least 0")
  }

  private func checkFraction(_ option: String, _ value: Double) throws(TrainingOptionError) {
    if value >= 0, value < 1 { return }
    throw TrainingOptionError(option: option, found: "\(value)", expected: "at least 0 and less than 1")
  }
}
