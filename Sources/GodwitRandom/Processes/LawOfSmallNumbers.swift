import RealModule

/// How near the number of successes of many unlikely trials is to the Poisson law of the same mean.
///
/// The trials are independent, and may differ in their probabilities pᵢ; λ = Σ pᵢ.
public struct LawOfSmallNumbers: Sendable, Hashable {
  /// The law that the number of successes is compared with.
  public let limit: Poisson
  /// sup |P(N ∈ A) − P(limit ∈ A)| over all sets A, half the sum of the differences of the masses.
  public let distance: Double
  /// min(1, 1/λ) Σ pᵢ², which the distance never exceeds: Le Cam 1960, "An approximation theorem for the Poisson binomial
  /// distribution", with the factor of Barbour and Hall 1984, "On the rate of Poisson convergence".
  public let bound: Double

  /// - Parameters:
  ///   - probabilities: that of each trial.
  /// - Throws: `ParameterError` unless they are from 0 to 1.
  /// - Complexity: O(n²) for n trials.
  public init(probabilities: [Double]) throws(ParameterError) {
    for probability in probabilities {
      try ParameterError.check(
        probability >= 0 && probability <= 1, Self.self, "probability of a trial", probability, "0 to 1")
    }
    // The law of the successes, trial by trial: all terms are positive, so that each mass keeps its digits.
    var masses = [1.0]
    for probability in probabilities {
      masses.append(probability * masses[masses.count - 1])
      for k in stride(from: masses.count - 2, to: 0, by: -1) {
        masses[k] = (1 - probability) * masses[k] + probability * masses[k - 1]
      }
      masses[0] *= 1 - probability
    }
    try self.init(
      mean: compensatedSum(probabilities), squares: compensatedSum(probabilities.lazy.map { $0 * $0 }),
      support: 0...probabilities.count
    ) { [masses] in masses[$0] }
  }

  /// Trials of equal probabilities.
  ///
  /// - Complexity: O(√λ).
  public init(_ law: Binomial) throws(ParameterError) {
    // Beyond, both laws together have less than 10⁻²⁰.
    let reach = 12 * (law.mean + 1).squareRoot() + 40
    let first = Int(max(law.mean - reach, 0))
    let last = Int(min(law.mean + reach, Double(law.trials)))
    try self.init(
      mean: law.mean, squares: law.mean * law.probability, support: first...last, mass: law.probability(of:))
  }

  private init(mean: Double, squares: Double, support: ClosedRange<Int>, mass: (Int) -> Double) throws(ParameterError) {
    let limit = try Poisson(rate: mean)
    let differences = support.map { abs(mass($0) - limit.probability(of: $0)) }
    let beyond = limit.cdf(Double(support.lowerBound) - 1) + limit.survival(Double(support.upperBound))
    self.limit = limit
    distance = (compensatedSum(differences) + beyond) / 2
    bound = min(1, 1 / mean) * squares
  }
}
