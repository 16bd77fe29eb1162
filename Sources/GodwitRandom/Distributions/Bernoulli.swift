import RealModule

/// One trial: 1 for a success, 0 for a failure.
///
///     P(X = 1) = p,  P(X = 0) = 1 − p
public struct Bernoulli: DiscreteDistribution {
  /// p, the probability of success.
  public let probability: Double

  /// - Throws: `ParameterError` unless the probability is from 0 to 1.
  public init(probability: Double) throws(ParameterError) {
    try ParameterError.check(probability >= 0 && probability <= 1, Self.self, "probability", probability, "0 to 1")
    // -0 passes the check, and 1 / -0 is below all numbers.
    self.probability = probability + 0
  }

  public var support: ClosedRange<Int> { (probability == 1 ? 1 : 0)...(probability == 0 ? 0 : 1) }

  public func probability(of value: Int) -> Double {
    value == 1 ? probability : value == 0 ? 1 - probability : 0
  }

  public func logProbability(of value: Int) -> Double {
    value == 1 ? .log(probability) : value == 0 ? .log(onePlus: -probability) : -.infinity
  }

  public func cdf(_ x: Double) -> Double { x.isNaN ? x : x < 0 ? 0 : x < 1 ? 1 - probability : 1 }

  public func survival(_ x: Double) -> Double { x.isNaN ? x : x < 0 ? 1 : x < 1 ? probability : 0 }

  public func quantile(_ probability: Double) -> Int {
    requireProbability(probability)
    if probability == 0 { return support.lowerBound }
    return probability == 1 ? support.upperBound : probability > cdf(0) ? 1 : 0
  }

  public var mean: Double { probability }
  public var variance: Double { probability * (1 - probability) }
  public var skewness: Double { (1 - 2 * probability) / variance.squareRoot() }
  public var excessKurtosis: Double { 1 / variance - 6 }

  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    generator.openUniform() < probability ? 1 : 0
  }
}

extension Bernoulli: FittableDistribution {
  /// The probability of the greatest likelihood is the share of successes; its interval is that of Clopper and Pearson.
  public static func fit(_ samples: [Int], confidence: Double) throws(FitError) -> Fit<Bernoulli> {
    let fit = try Binomial.fit(samples, trials: 1, confidence: confidence)
    let law = try FitError.law { () throws(ParameterError) in
      try Bernoulli(probability: fit.distribution.probability)
    }
    return Fit(distribution: law, parameters: fit.parameters)
  }
}
