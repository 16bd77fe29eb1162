import RealModule

/// The limit of sums of many small independent quantities.
///
///     f(x) = e^(−z² / 2) / (σ √(2π)),  z = (x − μ) / σ
///
/// The tails are complementary error functions, the quantile is Wichura's algorithm AS 241 refined.
public struct Normal: ContinuousDistribution {
  /// μ.
  public let mean: Double
  /// σ.
  public let standardDeviation: Double

  /// - Throws: `ParameterError` unless the mean is finite, the standard deviation positive and finite.
  public init(mean: Double = 0, standardDeviation: Double = 1) throws(ParameterError) {
    try ParameterError.check(mean.isFinite, Self.self, "mean", mean, "a finite number")
    try ParameterError.check(
      standardDeviation > 0 && standardDeviation.isFinite, Self.self, "standardDeviation", standardDeviation,
      "above 0 and finite")
    (self.mean, self.standardDeviation) = (mean, standardDeviation)
  }

  public var support: ClosedRange<Double> { -Double.infinity...Double.infinity }

  public func density(at x: Double) -> Double {
    let z = standardized(x)
    let (factor, exponent) = normalExponential(z.z, rest: z.rest)
    return scaledExponential(factor / standardDeviation / (2 * Double.pi).squareRoot(), exponent: exponent)
  }

  public func logDensity(at x: Double) -> Double {
    let (z, _) = standardized(x)
    return -z * z / 2 - .log(standardDeviation) - 0.5 * .log(2 * .pi)
  }

  public func cdf(_ x: Double) -> Double { tails(x).lower }

  public func survival(_ x: Double) -> Double { tails(x).upper }

  private func tails(_ x: Double) -> Tails {
    let (z, rest) = standardized(x)
    return normalTails(z, rest: rest)
  }

  private func standardized(_ x: Double) -> (z: Double, rest: Double) {
    GodwitRandom.standardized(x, mean: mean, deviation: standardDeviation)
  }

  public func quantile(_ probability: Double) -> Double {
    requireProbability(probability)
    return mean + standardDeviation * normalQuantile(probability)
  }

  public var variance: Double { standardDeviation * standardDeviation }
  public var skewness: Double { 0 }
  public var excessKurtosis: Double { 0 }

  /// By Box and Muller's method (1958), two words for a value.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    mean + standardDeviation * generator.standardNormal()
  }

  public func fill(_ target: UnsafeMutableBufferPointer<Double>, using generator: inout some RandomNumberGenerator) {
    guard let base = target.baseAddress else { return }
    fillNormal(base, count: target.count, mean: mean, standardDeviation: standardDeviation, using: &generator)
  }

  /// Two values from each word; none is further than 6.7 standard deviations from the mean.
  ///
  /// - Precondition: the mean and the standard deviation are finite in single precision.
  public func fill(_ target: UnsafeMutableBufferPointer<Float>, using generator: inout some RandomNumberGenerator) {
    guard let base = target.baseAddress else { return }
    fillNormal(
      base, count: target.count, mean: Float(mean), standardDeviation: Float(standardDeviation), using: &generator)
  }
}

extension Normal: FittableDistribution {
  /// The mean and the standard deviation of the greatest likelihood (divided by n); the intervals are exact, by Student's t and
  /// by χ².
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<Normal> {
    try FitError.check(samples, confidence: confidence, needed: 2, expected: "a finite number") { $0.isFinite }
    let count = Double(samples.count)
    let mean = compensatedSum(samples) / count
    let squares = compensatedSum(samples.lazy.map { ($0 - mean) * ($0 - mean) })
    if !(squares > 0) { throw .noMaximum(reason: "all samples are equal") }
    let law = try FitError.law { () throws(ParameterError) in
      try Normal(mean: mean, standardDeviation: (squares / count).squareRoot())
    }
    let tail = (1 - confidence) / 2
    let half = (count - 1) / 2
    // Student's t of n − 1 degrees: (n − 1) / (n − 1 + t²) has a beta distribution of (n − 1) / 2 and ½.
    let edge = inverseIncompleteBeta(half, 0.5, lower: 2 * tail, upper: confidence)
    let width = (edge.y / edge.x * squares / count).squareRoot()
    let (low, high) = (
      inverseIncompleteGamma(half, lower: tail, upper: 1 - tail),
      inverseIncompleteGamma(half, lower: 1 - tail, upper: tail)
    )
    return Fit(
      distribution: law,
      parameters: [
        ParameterEstimate("mean", mean, mean - width, mean + width),
        ParameterEstimate(
          "standardDeviation", law.standardDeviation, (squares / (2 * high)).squareRoot(),
          (squares / (2 * low)).squareRoot()),
      ])
  }
}
