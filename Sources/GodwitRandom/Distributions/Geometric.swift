import RealModule

/// The number of failures before the first success, of independent trials which each succeed with the same probability.
///
///     P(X = k) = p (1 − p)ᵏ,  k = 0, 1, …
///
/// The number of trials, the success included, is one more.
public struct Geometric: DiscreteDistribution {
  /// p, the probability of success.
  public let probability: Double

  /// - Throws: `ParameterError` unless the probability is from 10⁻¹⁵ to 1.
  public init(probability: Double) throws(ParameterError) {
    try ParameterError.check(
      probability >= 1e-15 && probability <= 1, Self.self, "probability", probability, "1e-15 to 1")
    self.probability = probability
  }

  private var logFailure: Double { .log(onePlus: -probability) }

  public var support: ClosedRange<Int> { 0...(probability == 1 ? 0 : .max) }

  public func probability(of value: Int) -> Double {
    value < 0 ? 0 : value == 0 ? probability : probability * .exp(Double(value) * logFailure)
  }

  public func logProbability(of value: Int) -> Double {
    value < 0 ? -.infinity : .log(probability) + (value == 0 ? 0 : Double(value) * logFailure)
  }

  public func cdf(_ x: Double) -> Double { x.isNaN ? x : x < 0 ? 0 : roundedTails(x).lower }

  public func survival(_ x: Double) -> Double { x.isNaN ? x : x < 0 ? 1 : roundedTails(x).upper }

  /// P(X > k) = (1 − p)ᵏ⁺¹.
  private func roundedTails(_ x: Double) -> RoundedTails {
    if probability == 1 || x == .infinity { return RoundedTails(logUpper: TwoParts(high: -.infinity, low: 0)) }
    let failure = TwoParts(high: probability, low: 0).complement
    return RoundedTails(logUpper: failure.logarithm * .sum(x.rounded(.down), 1))
  }

  public func quantile(_ probability: Double) -> Int {
    let guess = (Double.log(onePlus: -probability) / logFailure).rounded(.up) - 1
    return leastValue(reaching: probability, near: guess) {
      -.expMinusOne(($0 + 1) * logFailure)
    } rounded: {
      roundedTails($0).lower
    }
  }

  public var mean: Double { (1 - probability) / probability }
  public var variance: Double { (1 - probability) / (probability * probability) }
  public var skewness: Double { (2 - probability) / (1 - probability).squareRoot() }
  public var excessKurtosis: Double { 6 + probability * probability / (1 - probability) }

  /// By inversion: the whole part of ln U / ln(1 − p).
  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    Int((Double.log(generator.openUniform()) / logFailure).rounded(.down))
  }
}

extension Geometric: FittableDistribution {
  /// The probability of the greatest likelihood is the number of samples over all trials; its interval is exact, of the number
  /// of failures in all, which has a negative binomial distribution.
  public static func fit(_ samples: [Int], confidence: Double) throws(FitError) -> Fit<Geometric> {
    try FitError.check(samples, confidence: confidence, expected: "0 or more") { $0 >= 0 }
    let count = Double(samples.count)
    let failures = compensatedSum(samples.lazy.map(Double.init))
    let law = try FitError.law { () throws(ParameterError) in try Geometric(probability: count / (count + failures)) }
    let tail = (1 - confidence) / 2
    let lower = inverseIncompleteBeta(count, failures + 1, lower: tail, upper: 1 - tail).x
    let upper = failures == 0 ? 1 : inverseIncompleteBeta(count, failures, lower: 1 - tail, upper: tail).x
    return Fit(distribution: law, parameters: [ParameterEstimate("probability", law.probability, lower, upper)])
  }
}
