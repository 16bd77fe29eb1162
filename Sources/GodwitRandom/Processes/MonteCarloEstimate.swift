import GodwitKernels
import RealModule

/// The mean of independent values, and how far it may be from the mean of their law.
public struct MonteCarloEstimate: Sendable, Hashable {
  /// NaN of no values.
  public let mean: Double
  /// The values' standard deviation over the root of their number; NaN of fewer than two.
  public let standardError: Double
  /// How many values there are.
  public let count: Int

  init(_ values: some Sequence<Double>) {
    let values = Array(values)
    let count = Double(values.count)
    let mean = compensatedSum(values) / count
    let squares = compensatedSum(values.lazy.map { ($0 - mean) * ($0 - mean) })
    self.count = values.count
    self.mean = mean
    standardError = values.count < 2 ? .nan : (squares / ((count - 1) * count)).squareRoot()
  }

  /// The interval that holds the mean of the law with a confidence, by the central limit theorem.
  ///
  /// - Precondition: the confidence is between 0 and 1, and there are two values or more, all of them finite.
  public func interval(confidence: Double = 0.95) -> ClosedRange<Double> {
    require(
      confidence > 0 && confidence < 1, "MonteCarloEstimate: the confidence is \(confidence), expected between 0 and 1")
    require(
      standardError.isFinite, "MonteCarloEstimate: \(count) values have the standard error \(standardError)")
    let half = -normalQuantile((1 - confidence) / 2) * standardError
    return mean - half...mean + half
  }
}

/// What walkers find that walk until they leave a domain.
public struct ExitEstimate: Sendable, Hashable {
  /// The solution where they began: the mean of the boundary values where they left, and of what they gathered on the way.
  public let solution: MonteCarloEstimate
  /// The mean time until they left.
  public let time: MonteCarloEstimate
  /// How many had not left when they reached the limit, and are in neither mean; where it is not 0, the means are those of
  /// short walks.
  public let unfinished: Int

  init(_ exits: [(value: Double, time: Double)?]) {
    let finished = exits.compactMap(\.self)
    solution = MonteCarloEstimate(finished.map(\.value))
    time = MonteCarloEstimate(finished.map(\.time))
    unfinished = exits.count - finished.count
  }
}
