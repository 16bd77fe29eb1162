import RealModule

/// The time until the next event, where `rate` events are expected in a time unit, however long one has waited.
///
///     f(x) = λ e^(−λx),  P(X > x) = e^(−λx)
public struct Exponential: ContinuousDistribution {
  /// λ, the expected number of events in a time unit.
  public let rate: Double

  /// - Throws: `ParameterError` unless the rate is positive and finite.
  public init(rate: Double) throws(ParameterError) {
    try ParameterError.check(rate > 0 && rate.isFinite, Self.self, "rate", rate, "above 0 and finite")
    self.rate = rate
  }

  public var support: ClosedRange<Double> { 0...Double.infinity }

  public func density(at x: Double) -> Double { x < 0 ? 0 : scaledExponential(rate, exponent: -rate * x) }

  public func logDensity(at x: Double) -> Double { x < 0 ? -.infinity : .log(rate) - rate * x }

  public func cdf(_ x: Double) -> Double { x <= 0 ? 0 : -.expMinusOne(-rate * x) }

  public func survival(_ x: Double) -> Double { x <= 0 ? 1 : .exp(-rate * x) }

  public func quantile(_ probability: Double) -> Double {
    requireProbability(probability)
    return abs(Double.log(onePlus: -probability)) / rate
  }

  public var mean: Double { 1 / rate }
  public var variance: Double { 1 / (rate * rate) }
  public var skewness: Double { 2 }
  public var excessKurtosis: Double { 6 }

  /// By inversion: −ln U / λ.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    -.log(generator.openUniform()) / rate
  }

  public func fill(_ target: UnsafeMutableBufferPointer<Double>, using generator: inout some RandomNumberGenerator) {
    guard let base = target.baseAddress else { return }
    fillExponential(base, count: target.count, rate: rate, using: &generator)
  }

  /// Each value from 32 bits; none is above 22.9 / λ.
  public func fill(_ target: UnsafeMutableBufferPointer<Float>, using generator: inout some RandomNumberGenerator) {
    guard let base = target.baseAddress else { return }
    fillExponential(base, count: target.count, rate: rate, using: &generator)
  }
}

extension Exponential: FittableDistribution {
  /// The rate of the greatest likelihood is one over the mean; its interval is exact, as twice the sum times the rate has a χ²
  /// distribution.
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<Exponential> {
    try FitError.check(samples, confidence: confidence, expected: "0 or more and finite") { $0 >= 0 && $0.isFinite }
    let count = Double(samples.count)
    let sum = compensatedSum(samples)
    if sum == 0 { throw .noMaximum(reason: "all samples are 0") }
    let law = try FitError.law { () throws(ParameterError) in try Exponential(rate: count / sum) }
    let tail = (1 - confidence) / 2
    let lower = inverseIncompleteGamma(count, lower: tail, upper: 1 - tail)
    let upper = inverseIncompleteGamma(count, lower: 1 - tail, upper: tail)
    return Fit(distribution: law, parameters: [ParameterEstimate("rate", law.rate, lower / sum, upper / sum)])
  }
}
