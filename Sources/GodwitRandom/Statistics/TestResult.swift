/// What a test of significance finds.
public struct TestResult: Sendable, Hashable {
  public let statistic: Double
  /// Of the χ² law that the statistic is compared with; nil where that is another law.
  public let degreesOfFreedom: Int?
  /// The probability of a statistic as unusual as this where the hypothesis holds, uniform from 0 to 1 then.
  public let pValue: Double
}
