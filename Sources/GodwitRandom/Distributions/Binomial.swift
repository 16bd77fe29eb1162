import RealModule

/// The number of successes in `trials` independent trials, each of which succeeds with the same probability.
///
///     P(X = k) = n! / (k! (n − k)!) pᵏ (1 − p)ⁿ⁻ᵏ
///
/// Bernoulli 1713. The mass is in the saddle-point form of Loader 2000 (see `Poisson`); the tails are incomplete beta functions,
/// P(X > k) = I_p(k + 1, n − k).
public struct Binomial: DiscreteDistribution {
  /// n.
  public let trials: Int
  /// p, the probability of success.
  public let probability: Double

  /// - Throws: `ParameterError` unless there are 0 to 10¹⁵ trials and the probability is from 0 to 1.
  public init(trials: Int, probability: Double) throws(ParameterError) {
    try ParameterError.check(trials >= 0 && trials <= 1_000_000_000_000_000, Self.self, "trials", trials, "0 to 1e15")
    try ParameterError.check(
      probability >= 0 && probability <= 1, Self.self, "probability", probability, "0 to 1")
    // -0 passes the check, and 1 / -0 is below all numbers.
    (self.trials, self.probability) = (trials, probability + 0)
  }

  private var n: Double { Double(trials) }
  private var failure: Double { 1 - probability }

  public var support: ClosedRange<Int> { (probability == 1 ? trials : 0)...(probability == 0 ? 0 : trials) }

  public func probability(of value: Int) -> Double {
    if value <= 0 || value >= trials { return .exp(logProbability(of: value)) }
    let (factor, exponent) = mass(Double(value))
    return scaledExponential(factor, exponent: exponent)
  }

  public func logProbability(of value: Int) -> Double {
    if value < 0 || value > trials { return -.infinity }
    if probability == 0 || probability == 1 { return value == (probability == 0 ? 0 : trials) ? 0 : -.infinity }
    if value == 0 { return n * .log(onePlus: -probability) }
    if value == trials { return n * .log(probability) }
    let (factor, exponent) = mass(Double(value))
    return exponent + .log(factor)
  }

  private func mass(_ k: Double) -> (factor: Double, exponent: Double) {
    let density = betaDensity(k, n - k, x: probability, y: failure)
    return (density.factor / k * (n / (n - k)), density.exponent)
  }

  public func cdf(_ x: Double) -> Double {
    x.isNaN ? x : x < 0 ? 0 : roundedTails(x)?.lower ?? tails(x).upper
  }

  public func survival(_ x: Double) -> Double {
    x.isNaN ? x : x < 0 ? 1 : roundedTails(x)?.upper ?? tails(x).lower
  }

  /// P(X ≤ x) is the upper, P(X > x) the lower.
  func tails(_ x: Double) -> Tails {
    let k = x.rounded(.down)
    return k < 0 ? .all : k >= n ? .none : incompleteBeta(k + 1, n - k, x: probability, y: failure)
  }

  private func roundedTails(_ x: Double) -> RoundedTails? {
    let k = x.rounded(.down)
    if k >= n || probability == 0 || probability == 1 { return nil }
    let p = TwoParts(high: probability, low: 0)
    return RoundedTails(successes: k, trials: n, p, p.complement)
  }

  public func quantile(_ probability: Double) -> Int {
    leastValue(reaching: probability, near: quantileGuess(probability)) {
      tails($0).upper
    } rounded: {
      roundedTails($0)?.lower
    }
  }

  public var mean: Double { n * probability }
  public var variance: Double { n * probability * failure }
  public var skewness: Double { (failure - probability) / variance.squareRoot() }
  public var excessKurtosis: Double { (1 - 6 * probability * failure) / variance }

  /// Where fewer than 10 successes, or failures, are expected by going through the masses from 0 on; else by BTRS, the
  /// transformed rejection of Hörmann 1993 ("The generation of binomial random variates"), whose expected number of trials
  /// is below 1.5 at any parameters.
  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    let p = min(probability, failure)
    if p == 0 { return probability < 0.5 ? 0 : trials }
    let rarer = n * p < 10 ? inverted(p, using: &generator) : transformedRejection(p, using: &generator)
    return probability <= 0.5 ? rarer : trials - rarer
  }

  private func inverted(_ p: Double, using generator: inout some RandomNumberGenerator) -> Int {
    var left = generator.openUniform()
    var mass = Double.exp(n * .log(onePlus: -p))
    let odds = p / (1 - p)
    var k = 0
    while left > mass && k < trials && mass > 0 {
      left -= mass
      mass *= (n - Double(k)) / Double(k + 1) * odds
      k += 1
    }
    return k
  }

  private func transformedRejection(_ p: Double, using generator: inout some RandomNumberGenerator) -> Int {
    let spread = variance.squareRoot()
    let b = 1.15 + 2.53 * spread
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let alpha = (2.83 + 5.1 / b) * spread
    let squeeze = 0.92 - 4.2 / b
    let whole = (n * p).rounded(.down)
    let proposals = TransformedRejection(a: a, b: b, squeeze: squeeze, whole: whole, fraction: n * p - whole + 0.5)
    func logMass(_ k: Double) -> Double { logProbability(of: probability <= 0.5 ? Int(k) : trials - Int(k)) }
    let greatest = logMass(((n + 1) * p).rounded(.down))
    return proposals.sample(using: &generator) { k, _, _, share in
      k >= 0 && k <= n && .log(share * alpha) <= logMass(k) - greatest
    }
  }

  /// The exact interval of a probability of which `successes` of `trials` are known, not necessarily whole (Clopper and Pearson
  /// 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial").
  static func estimate(_ name: String, successes: Double, trials: Double, confidence: Double) -> ParameterEstimate {
    let tail = (1 - confidence) / 2
    let failures = trials - successes
    let lower = successes == 0 ? 0 : inverseIncompleteBeta(successes, failures + 1, lower: tail, upper: 1 - tail).x
    let upper = failures == 0 ? 1 : inverseIncompleteBeta(successes + 1, failures, lower: 1 - tail, upper: tail).x
    return ParameterEstimate(name, successes / trials, lower, upper)
  }

  /// The probability of the greatest likelihood, of samples of a known number of trials, is the share of successes; its interval
  /// is that of Clopper and Pearson.
  public static func fit(_ samples: [Int], trials: Int, confidence: Double = 0.95) throws(FitError) -> Fit<Binomial> {
    try FitError.check(samples, confidence: confidence, expected: "0 to \(trials), the trials") {
      $0 >= 0 && $0 <= trials
    }
    if trials == 0 { throw .noMaximum(reason: "there are no trials") }
    let sum = compensatedSum(samples.lazy.map(Double.init))
    let all = Double(trials) * Double(samples.count)
    let law = try FitError.law { () throws(ParameterError) in try Binomial(trials: trials, probability: sum / all) }
    return Fit(
      distribution: law,
      parameters: [estimate("probability", successes: sum, trials: all, confidence: confidence)])
  }
}
