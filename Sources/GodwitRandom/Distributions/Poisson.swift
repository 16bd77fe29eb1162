import RealModule

/// The number of events in an interval in which `rate` are expected, each of them independent of the others.
///
///     P(X = k) = λᵏ e^(−λ) / k!
///
/// Poisson 1837. The mass is written e^(−D − δ(k)) / √(2πk) with the deviance D = k ln(k/λ) + λ − k and Stirling's remainder δ
/// (Loader 2000), which loses nothing at great rates; the tails are incomplete gamma functions, P(X ≤ k) = Q(k + 1, λ).
public struct Poisson: DiscreteDistribution {
  /// λ, the expected number of events: the events in a time unit times the units.
  public let rate: Double

  /// - Throws: `ParameterError` unless the rate is from 0 to 10¹⁵.
  public init(rate: Double) throws(ParameterError) {
    try ParameterError.check(rate >= 0 && rate <= 1e15, Self.self, "rate", rate, "0 to 1e15")
    // -0 passes the check, and 1 / -0 is below all numbers.
    self.init(unchecked: rate + 0)
  }

  init(unchecked rate: Double) { self.rate = rate }

  public var support: ClosedRange<Int> { 0...(rate == 0 ? 0 : .max) }

  public func probability(of value: Int) -> Double { .exp(logProbability(of: value)) }

  public func logProbability(of value: Int) -> Double {
    if value < 0 || (rate == 0 && value > 0) { return -.infinity }
    if value == 0 { return -rate }
    let k = Double(value)
    return -deviance(k, mean: rate, difference: k - rate) - stirlingRemainder(k) - 0.5 * .log(2 * .pi * k)
  }

  public func cdf(_ x: Double) -> Double {
    x.isNaN ? x : x < 0 ? 0 : roundedTails(x)?.lower ?? tails(x).upper
  }

  public func survival(_ x: Double) -> Double {
    x.isNaN ? x : x < 0 ? 1 : roundedTails(x)?.upper ?? tails(x).lower
  }

  /// P(X ≤ x) is the upper, P(X > x) the lower.
  func tails(_ x: Double) -> Tails {
    x < 0 ? .all : x == .infinity ? .none : incompleteGamma(x.rounded(.down) + 1, rate)
  }

  private func roundedTails(_ x: Double) -> RoundedTails? {
    let (k, rate) = (x.rounded(.down), TwoParts(high: rate, low: 0))
    return RoundedTails(
      through: k, logFirst: -rate,
      logMass: k > RoundedTails.greatest ? nil : rate.logarithm * k + -rate + -RoundedTails.logFactorial(k)
    ) { _ in rate }
  }

  public func quantile(_ probability: Double) -> Int {
    leastValue(reaching: probability, near: quantileGuess(probability)) {
      tails($0).upper
    } rounded: {
      roundedTails($0)?.lower
    }
  }

  public var mean: Double { rate }
  public var variance: Double { rate }
  public var skewness: Double { 1 / rate.squareRoot() }
  public var excessKurtosis: Double { 1 / rate }

  /// One at a time; many are quicker by `fill`, which prepares a table where the values that can occur are few.
  ///
  /// Below a rate of 10, where a dozen steps are quicker than logarithms, by going through the masses from 0 on until they
  /// add up to a uniform quantity; from there by PTRS, the transformed rejection of Hörmann 1993 ("The transformed rejection
  /// method for generating Poisson random variables"), whose expected number of trials is below 1.2 at any rate.
  public func sample(using generator: inout some RandomNumberGenerator) -> Int {
    rate < 10 ? inverted(using: &generator) : transformedRejection(using: &generator)
  }

  private func inverted(using generator: inout some RandomNumberGenerator) -> Int {
    var left = generator.openUniform()
    var mass = Double.exp(-rate)
    var k = 0
    // The mass is 0 long before a value of 1000 is reached.
    while left > mass && k < 1000 {
      left -= mass
      k += 1
      mass *= rate / Double(k)
    }
    return k
  }

  private func transformedRejection(using generator: inout some RandomNumberGenerator) -> Int {
    let b = 0.931 + 2.53 * rate.squareRoot()
    let a = -0.059 + 0.02483 * b
    let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
    let squeeze = 0.9277 - 3.6224 / (b - 2)
    let whole = rate.rounded(.down)
    let proposals = TransformedRejection(a: a, b: b, squeeze: squeeze, whole: whole, fraction: rate - whole + 0.43)
    return proposals.sample(using: &generator) { k, distance, v, share in
      if k < 0 || k > 0x1p62 || (distance < 0.013 && v > distance) { return false }
      return .log(share * inverseAlpha) <= logProbability(of: Int(k))
    }
  }
}

extension Poisson: FittableDistribution {
  /// The rate of the greatest likelihood is the mean of the samples; its interval is exact (Garwood 1936, "Fiducial limits for
  /// the Poisson distribution").
  public static func fit(_ samples: [Int], confidence: Double) throws(FitError) -> Fit<Poisson> {
    try FitError.check(samples, confidence: confidence, expected: "0 or more") { $0 >= 0 }
    let count = Double(samples.count)
    let sum = compensatedSum(samples.lazy.map(Double.init))
    let law = try FitError.law { () throws(ParameterError) in try Poisson(rate: sum / count) }
    let tail = (1 - confidence) / 2
    let lower = sum == 0 ? 0 : inverseIncompleteGamma(sum, lower: tail, upper: 1 - tail)
    let upper = inverseIncompleteGamma(sum + 1, lower: 1 - tail, upper: tail)
    return Fit(
      distribution: law, parameters: [ParameterEstimate("rate", law.rate, lower / count, upper / count)])
  }
}
