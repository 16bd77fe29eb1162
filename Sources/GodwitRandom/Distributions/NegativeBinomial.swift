import RealModule

/// The number of failures before as many successes as `successes`, which need not be whole: counts that vary more than Poisson
/// counts do.
///
///     P(X = k) = Γ(k + r) / (k! Γ(r)) pʳ (1 − p)ᵏ,  k = 0, 1, …
///
/// A Poisson distribution whose rate has a gamma distribution of shape r and rate p / (1 − p) (Greenwood and Yule 1920). The
/// tails are incomplete beta functions, P(X ≤ k) = I_p(r, k + 1).
public struct NegativeBinomial: DiscreteDistribution {
  /// r.
  public let successes: Double
  /// p, the probability of success.
  public let probability: Double

  /// - Throws: `ParameterError` unless the number of successes is positive and at most 10¹⁵, the probability above 0 and at most
  ///   1, and the mean at most 10¹⁵.
  public init(successes: Double, probability: Double) throws(ParameterError) {
    try ParameterError.check(
      successes > 0 && successes <= 1e15, Self.self, "successes", successes, "above 0, at most 1e15")
    try ParameterError.check(
      probability > 0 && probability <= 1 && successes * (1 - probability) / probability <= 1e15, Self.self,
      "probability",
      probability, "above 0, at most 1, and such that the mean is at most 1e15")
    (self.successes, self.probability) = (successes, probability)
  }

  private var failure: Double { 1 - probability }

  public var support: ClosedRange<Int> { 0...(probability == 1 ? 0 : .max) }

  public func probability(of value: Int) -> Double {
    if value <= 0 || probability == 1 { return .exp(logProbability(of: value)) }
    let density = betaDensity(successes, Double(value), x: probability, y: failure)
    return scaledExponential(density.factor / Double(value), exponent: density.exponent)
  }

  public func logProbability(of value: Int) -> Double {
    if value < 0 || (probability == 1 && value > 0) { return -.infinity }
    if value == 0 { return successes * .log(probability) }
    let density = betaDensity(successes, Double(value), x: probability, y: failure)
    return density.exponent + .log(density.factor / Double(value))
  }

  public func cdf(_ x: Double) -> Double {
    x.isNaN ? x : x < 0 ? 0 : roundedTails(x)?.lower ?? tails(x).lower
  }

  public func survival(_ x: Double) -> Double {
    x.isNaN ? x : x < 0 ? 1 : roundedTails(x)?.upper ?? tails(x).upper
  }

  private func tails(_ x: Double) -> Tails {
    if x < 0 { return .none }
    // So far above the mean that e^(−xp / 8), which bounds the tail (Chernoff 1952), is below every positive number.
    if x * probability > 2 * successes + 1e4 { return .all }
    return incompleteBeta(successes, x.rounded(.down) + 1, x: probability, y: failure)
  }

  /// By the failures, or where the successes are whole and fewer by these: at most k failures are at least r successes in k + r
  /// trials.
  private func roundedTails(_ x: Double) -> RoundedTails? {
    let (k, r) = (x.rounded(.down), successes)
    if probability == 1 || !(k <= 0x1p52) { return nil }
    let p = TwoParts(high: probability, low: 0)
    let q = p.complement
    if r <= k + 1 && r.rounded() == r { return RoundedTails(successes: r - 1, trials: k + r, p, q)?.swapped }
    let logFirst = p.logarithm * r
    return RoundedTails(
      through: k, logFirst: logFirst,
      logMass: k + r > RoundedTails.greatest
        ? nil
        : TwoParts.sum(k, r).logGamma + -TwoParts(high: r, low: 0).logGamma + -RoundedTails.logFactorial(k)
          + logFirst + q.logarithm * k
    ) {
      q * .sum(r, $0 - 1)
    }
  }

  public func quantile(_ probability: Double) -> Int {
    leastValue(reaching: probability, near: quantileGuess(probability)) {
      tails($0).lower
    } rounded: {
      roundedTails($0)?.lower
    }
  }

  public var mean: Double { successes * failure / probability }
  public var variance: Double { mean / probability }
  public var skewness: Double { (1 + failure) / (successes * failure).squareRoot() }
  public var excessKurtosis: Double { (6 + probability * probability / failure) / successes }

  /// A Poisson sample whose rate is a gamma sample; `Int.max` where it would be greater.
  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    let logRate = Gamma.logSample(successes, using: &generator)
    return Self.poissonSample(.exp(logRate) * failure / probability, using: &generator)
  }

  /// At rates beyond 2⁶⁰ the sum of two independent halves.
  private static func poissonSample(_ rate: Double, using generator: inout some RandomNumberGenerator) -> Int {
    if rate < 0x1p60 { return Poisson(unchecked: rate).sample(using: &generator) }
    if rate >= 0x1p64 { return .max }
    let half = poissonSample(rate / 2, using: &generator)
    let (sum, overflow) = half.addingReportingOverflow(poissonSample(rate / 2, using: &generator))
    return overflow ? .max : sum
  }
}

extension NegativeBinomial: FittableDistribution {
  /// The number of successes of the greatest likelihood solves its equation (Fisher 1941, "The negative binomial distribution")
  /// with p = r / (r + mean); the intervals are Wald's for the logarithms of r and of (1 − p) / p, with the observed
  /// information.
  public static func fit(_ samples: [Int], confidence: Double) throws(FitError) -> Fit<NegativeBinomial> {
    try FitError.check(samples, confidence: confidence, needed: 2, expected: "0 or more") { $0 >= 0 }
    let count = Double(samples.count)
    let x = samples.map(Double.init)
    let mean = compensatedSum(x) / count
    let variance = compensatedSum(x.lazy.map { ($0 - mean) * ($0 - mean) }) / count
    if !(variance > mean) {
      throw .noMaximum(reason: "the variance of the samples, \(variance), is not above their mean, \(mean)")
    }
    let occurrences = Dictionary(x.map { ($0, 1.0) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
    func sum(_ function: (Double) -> Double) -> Double {
      compensatedSum(occurrences.map { $0.value * function($0.key) })
    }
    /// The derivative of the logarithm of the likelihood, which falls through 0 at its maximum.
    func slope(_ r: Double) -> Double {
      sum { digamma($0 + r) - digamma(r) } - count * .log(onePlus: mean / r)
    }
    var (low, high) = (Double.log(mean * mean / (variance - mean)) - 1, 0.0)
    high = low + 2
    while slope(.exp(low)) < 0 && low > -600 { low -= 2 }
    while slope(.exp(high)) > 0 && high < 30 { high += 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if slope(.exp(middle)) > 0 { low = middle } else { high = middle }
    }
    let r = Double.exp((low + high) / 2)
    let law = try FitError.law { () throws(ParameterError) in
      try NegativeBinomial(successes: r, probability: r / (r + mean))
    }
    // With the mean m and r the information is diagonal.
    let information = count * (trigamma(r) - 1 / r + 1 / (r + mean)) - sum { trigamma($0 + r) }
    if !(information > 0) { throw .noMaximum(reason: "the likelihood is flat, as for Poisson counts") }
    let deviation = 1 / information.squareRoot()
    let meanDeviation = (mean * (1 + mean / r) / count).squareRoot()
    // ln((1 − p) / p) = ln m − ln r.
    let logOddsDeviation = (deviation * deviation / (r * r) + meanDeviation * meanDeviation / (mean * mean))
      .squareRoot()
    let odds = ParameterEstimate("odds", mean / r, deviation: logOddsDeviation * mean / r, confidence: confidence)
      .interval
    return Fit(
      distribution: law,
      parameters: [
        ParameterEstimate("successes", r, deviation: deviation, confidence: confidence),
        ParameterEstimate("probability", law.probability, 1 / (1 + odds.upperBound), 1 / (1 + odds.lowerBound)),
      ])
  }
}
