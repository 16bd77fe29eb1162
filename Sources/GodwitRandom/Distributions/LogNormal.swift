import RealModule

/// What has a normal logarithm: the limit of products of many independent factors.
///
///     f(x) = e^(−z² / 2) / (x σ √(2π)),  z = (ln x − μ) / σ
public struct LogNormal: ContinuousDistribution {
  /// μ, the mean of the logarithm.
  public let logMean: Double
  /// σ, the standard deviation of the logarithm.
  public let logDeviation: Double

  /// - Throws: `ParameterError` unless the mean of the logarithm is finite, its standard deviation positive and finite.
  public init(logMean: Double, logDeviation: Double) throws(ParameterError) {
    try ParameterError.check(logMean.isFinite, Self.self, "logMean", logMean, "a finite number")
    try ParameterError.check(
      logDeviation > 0 && logDeviation.isFinite, Self.self, "logDeviation", logDeviation, "above 0 and finite")
    (self.logMean, self.logDeviation) = (logMean, logDeviation)
  }

  public var support: ClosedRange<Double> { 0...Double.infinity }

  public func density(at x: Double) -> Double {
    if x <= 0 || x == .infinity { return 0 }
    let (z, rest) = standardized(x)
    let (factor, exponent) = normalExponential(z, rest: rest)
    return scaledExponential(factor / logDeviation / (2 * Double.pi).squareRoot() / x, exponent: exponent)
  }

  public func logDensity(at x: Double) -> Double {
    if x <= 0 || x == .infinity { return -.infinity }
    let (z, _) = standardized(x)
    return -z * z / 2 - .log(x) - .log(logDeviation) - 0.5 * .log(2 * .pi)
  }

  public func cdf(_ x: Double) -> Double { tails(x).lower }

  public func survival(_ x: Double) -> Double { tails(x).upper }

  private func tails(_ x: Double) -> Tails {
    if x <= 0 { return .none }
    let (z, rest) = standardized(x)
    return normalTails(z, rest: rest)
  }

  /// (ln x − μ) / σ, the logarithm in two parts: where σ is small its rounding would be felt.
  private func standardized(_ x: Double) -> (z: Double, rest: Double) {
    if !(x < .infinity) { return (x, 0) }
    let logarithm = logInTwoParts(x)
    return GodwitRandom.standardized(
      logarithm.high, rest: logarithm.low, mean: logMean, deviation: logDeviation)
  }

  public func quantile(_ probability: Double) -> Double {
    requireProbability(probability)
    let z = normalQuantileInTwoParts(probability)
    let move = TwoParts.product(logDeviation, z.high)
    let whole = logMean + move.high
    if !(abs(whole) < 1e4) { return .exp(whole) }
    let logarithm = TwoParts(high: logMean, low: 0) + move
    return .exp(logarithm.high) * (1 + logarithm.low + logDeviation * z.low)
  }

  public var mean: Double { .exp(logMean + logDeviation * logDeviation / 2) }
  public var variance: Double { .expMinusOne(logDeviation * logDeviation) * mean * mean }

  public var skewness: Double {
    let w = Double.expMinusOne(logDeviation * logDeviation)
    return (w + 3) * w.squareRoot()
  }

  public var excessKurtosis: Double {
    // w⁴ + 2w³ + 3w² − 6 in powers of w − 1, w = e^(σ²)
    let w = Double.expMinusOne(logDeviation * logDeviation)
    return w * (16 + w * (15 + w * (6 + w)))
  }

  /// The exponential of a normal sample.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    .exp(logMean + logDeviation * generator.standardNormal())
  }
}

extension LogNormal: FittableDistribution {
  /// As the normal distribution of the logarithms.
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<LogNormal> {
    try FitError.check(samples, confidence: confidence, needed: 2, expected: "above 0 and finite") {
      $0 > 0 && $0.isFinite
    }
    let normal = try Normal.fit(samples.map { .log($0) }, confidence: confidence)
    let law = try FitError.law { () throws(ParameterError) in
      try LogNormal(logMean: normal.distribution.mean, logDeviation: normal.distribution.standardDeviation)
    }
    return Fit(
      distribution: law,
      parameters: zip(["logMean", "logDeviation"], normal.parameters).map {
        ParameterEstimate($0, $1.value, $1.interval.lowerBound, $1.interval.upperBound)
      })
  }
}
