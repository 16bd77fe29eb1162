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

extension TrainingOptionError {
  /// Stops a whole number that is out of range.
  static func check(_ option: String, _ value: Int, in range: ClosedRange<Int>) throws(TrainingOptionError) {
    if range.contains(value) { return }
    let (least, most) = (Quantity.grouped(range.lowerBound), Quantity.grouped(range.upperBound))
    throw TrainingOptionError(option: option, found: "\(value)", expected: "a number from \(least) to \(most)")
  }

  /// Stops what is not more than 0 and finite.
  static func checkPositive(_ option: String, _ value: Double) throws(TrainingOptionError) {
    if value > 0, value.isFinite { return }
    throw TrainingOptionError(option: option, found: "\(value)", expected: "a positive number")
  }

  /// Stops what is not at least 0 and finite.
  static func checkNotNegative(_ option: String, _ value: Double) throws(TrainingOptionError) {
    if value >= 0, value.isFinite { return }
    throw TrainingOptionError(option: option, found: "\(value)", expected: "a number of at least 0")
  }

  /// Stops what is not in 0 ..< 1.
  static func checkFraction(_ option: String, _ value: Double) throws(TrainingOptionError) {
    if value >= 0, value < 1 { return }
    throw TrainingOptionError(option: option, found: "\(value)", expected: "at least 0 and less than 1")
  }
}

extension TrainingOptions {
  /// Stops options that cannot be used, whatever a file or a command line gave as their numbers.
  public func validate() throws(TrainingOptionError) {
    typealias Option = TrainingOptionError
    if let steps { try Option.check("steps", steps, in: 1...1_000_000_000_000) }
    guard minutes > 0, minutes <= 5_256_000 else {
      throw Option(option: "minutes", found: "\(minutes)", expected: "more than 0, at most 5,256,000 (ten years)")
    }
    try Option.check("batch", batch, in: 1...1_048_576)
    try Option.check("accumulation", accumulation, in: 1...1_048_576)
    try Option.checkPositive("learningRate", learningRate)
    if let finalLearningRate { try Option.checkNotNegative("finalLearningRate", finalLearningRate) }
    if let warmupSteps { try Option.check("warmupSteps", warmupSteps, in: 0...1_000_000_000_000) }
    if let clip { try Option.checkPositive("clip", clip) }
    if let evaluationInterval { try Option.check("evaluationInterval", evaluationInterval, in: 1...1_000_000_000_000) }
    if let sampleInterval { try Option.check("sampleInterval", sampleInterval, in: 0...1_000_000_000_000) }
    if let logInterval { try Option.check("logInterval", logInterval, in: 1...1_000_000_000_000) }
  }
}
