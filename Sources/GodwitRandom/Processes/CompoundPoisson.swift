import GodwitKernels
import RealModule

/// The sum of something over the events of a time: what all claims of a year cost, how many fall ill in all outbreaks.
///
///     S = Y₁ + … + Y_N,  N Poisson of mean μ, the marks Y independent of it and of each other
///
/// Feller 1968, "An Introduction to Probability Theory and Its Applications" I, chapter XII.
public struct CompoundPoisson<Marks: Distribution>: Sendable, Hashable {
  /// The law of the number of events.
  public let events: Poisson
  public let marks: Marks

  public init(events: Poisson, marks: Marks) { (self.events, self.marks) = (events, marks) }

  /// μ E Y.
  public var mean: Double { events.rate * marks.mean }

  /// μ E Y².
  public var variance: Double { events.rate * (marks.variance + marks.mean * marks.mean) }

  public var standardDeviation: Double { variance.squareRoot() }
}

extension CompoundPoisson where Marks: ContinuousDistribution {
  /// - Complexity: O(μ).
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    compensatedSum(marks.samples(events.sample(using: &generator), using: &generator))
  }
}

extension CompoundPoisson where Marks: DiscreteDistribution {
  /// - Complexity: O(μ).
  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    marks.samples(events.sample(using: &generator), using: &generator).reduce(0, +)
  }

  /// P(S = 0), …, P(S = terms − 1), the coefficients of the generating function exp(μ (G(x) − 1)) with that of the marks, G.
  ///
  /// The recurrence of the exponential of a power series is that of Panjer 1981, "Recursive evaluation of a family of compound
  /// distributions". All its terms are positive, so that each probability is known to about (μ + k) 10⁻¹⁶ of itself.
  ///
  /// - Precondition: the marks are 0 or more; the number of terms is not negative.
  /// - Complexity: O(terms²).
  public func law(terms: Int) -> [Double] {
    let least = marks.support.lowerBound
    require(least >= 0, "law: the marks are from \(least) on, expected 0 or more")
    require(terms >= 0, "law: \(terms) terms were asked for")
    if terms == 0 { return [] }
    var exponent = (0..<terms).map { events.rate * marks.probability(of: $0) }
    // P(Y > 0) rather than P(Y = 0) − 1, which would cancel.
    exponent[0] = -events.rate * marks.survival(0)
    return PowerSeries(exponent).exponential().coefficients
  }
}
