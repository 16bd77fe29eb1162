import RealModule

/// The time until as many events as `shape`, which need not be whole, where `rate` are expected in a time unit.
///
///     f(x) = λᵃ xᵃ⁻¹ e^(−λx) / Γ(a)
///
/// The tails are the incomplete gamma functions P(a, λx) and Q(a, λx).
public struct Gamma: ContinuousDistribution {
  /// a, without a unit.
  public let shape: Double
  /// λ, one over the scale.
  public let rate: Double

  /// - Throws: `ParameterError` unless the shape is above 0 and at most 10¹⁵, the rate positive and finite.
  public init(shape: Double, rate: Double) throws(ParameterError) {
    try ParameterError.check(shape > 0 && shape <= 1e15, Self.self, "shape", shape, "above 0, at most 1e15")
    try ParameterError.check(rate > 0 && rate.isFinite, Self.self, "rate", rate, "above 0 and finite")
    (self.shape, self.rate) = (shape, rate)
  }

  public var support: ClosedRange<Double> { 0...Double.infinity }

  public func density(at x: Double) -> Double {
    if !(x > 0 && rate * x < .infinity) || rate * x < Self.tiny { return .exp(logDensity(at: x)) }
    let (t, rest) = scaled(x)
    let density = gammaDensity(shape, t, rest: rest)
    return scaledExponential(density.factor, exponent: density.exponent, over: x)
  }

  public func logDensity(at x: Double) -> Double {
    if x < 0 || x == .infinity { return -.infinity }
    if x == 0 { return shape == 1 ? .log(rate) : shape < 1 ? .infinity : -.infinity }
    let (t, rest) = scaled(x)
    if t == .infinity { return -.infinity }
    if t < Self.tiny { return .log(shape) + logLower(x) - .log(x) }
    return gammaLogDensity(shape, t, rest: rest) - .log(x)
  }

  public func cdf(_ x: Double) -> Double { x.isNaN ? x : x <= 0 ? 0 : tails(x).lower }

  public func survival(_ x: Double) -> Double { x.isNaN ? x : x <= 0 ? 1 : tails(x).upper }

  private func tails(_ x: Double) -> Tails {
    let (t, rest) = scaled(x)
    if t < Self.tiny {
      let log = logLower(x)
      return log < -0.3
        ? Tails(1, exponent: log, isLower: true) : Tails(-.expMinusOne(log), exponent: 0, isLower: false)
    }
    return incompleteGamma(shape, t, rest: rest)
  }

  /// Below this λx may underflow where neither λ nor x does: the power of a tiny shape brings it back.
  private static let tiny = 1e-290

  /// ln P at a tiny λx: that of (λx)ᵃ / Γ(a + 1).
  private func logLower(_ x: Double) -> Double { shape * (.log(rate) + .log(x)) - logGammaOfNext }

  private var logGammaOfNext: Double { shape < 1 ? logGammaStep(1, shape) : .logGamma(shape + 1) }

  /// λx in two parts, as its rounding would be felt at a great shape.
  private func scaled(_ x: Double) -> (Double, Double) {
    let t = rate * x
    return (t, t.isFinite ? (-t).addingProduct(rate, x) : 0)
  }

  public func quantile(_ probability: Double) -> Double {
    requireProbability(probability)
    let scaled = inverseIncompleteGamma(shape, lower: probability, upper: 1 - probability)
    if scaled < Self.tiny && probability > 0 {
      let (root, factor) = powerSeriesRoot(shape, probability)
      return root * factor / rate * root
    }
    return scaled / rate
  }

  public var mean: Double { shape / rate }
  public var variance: Double { shape / (rate * rate) }
  public var skewness: Double { 2 / shape.squareRoot() }
  public var excessKurtosis: Double { 6 / shape }

  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    if shape < 1 { return .exp(Self.logSample(shape, using: &generator)) / rate }
    let root = 1 + Self.offset(shape, using: &generator)
    return (shape - 1.0 / 3) * (root * root * root) / rate
  }

  /// The logarithm of a sample of unit rate, as at tiny shapes samples themselves underflow; below a shape of 1 that of a sample of
  /// shape a + 1 times U^(1/a).
  static func logSample(_ shape: Double, using generator: inout some RandomNumberGenerator) -> Double {
    if shape < 1 {
      let boost = Double.log(generator.openUniform()) / shape
      return boost + logSample(shape + 1, using: &generator)
    }
    return .log(shape - 1.0 / 3) + 3 * .log(onePlus: offset(shape, using: &generator))
  }

  /// w, where (a − ⅓) (1 + w)³ is a sample of the shape a ≥ 1 and of unit rate.
  ///
  /// Marsaglia and Tsang 2000, "A simple method for generating gamma variables"; their squeeze takes nearly all without a logarithm.
  private static func offset(_ shape: Double, using generator: inout some RandomNumberGenerator) -> Double {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let z = generator.standardNormal()
      let w = c * z
      if w <= -1 { continue }
      let u = generator.openUniform()
      if u < 1 - 0.0331 * (z * z) * (z * z) { return w }
      let logCube = 3 * Double.log(onePlus: w)
      if .log(u) < z * z / 2 - d * .expMinusOne(logCube) + d * logCube { return w }
    }
  }
}

extension Gamma: FittableDistribution {
  /// The shape of the greatest likelihood solves ln a − ψ(a) = ln(mean) − mean of the logarithms (Choi and Wette 1969), the rate
  /// is shape over mean. The intervals are Wald's for the logarithms, with the observed information.
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<Gamma> {
    try FitError.check(samples, confidence: confidence, needed: 2, expected: "above 0 and finite") {
      $0 > 0 && $0.isFinite
    }
    let count = Double(samples.count)
    let mean = compensatedSum(samples) / count
    let spread = -compensatedSum(samples.lazy.map { logOnePlusMinus(($0 - mean) / mean) }) / count
    if !(spread > 0) { throw .noMaximum(reason: "all samples are equal") }
    var shape = (3 - spread + ((spread - 3) * (spread - 3) + 24 * spread).squareRoot()) / (12 * spread)
    for _ in 0..<50 {
      // Newton's method for one over the shape: the function is nearly straight in it.
      let value = .log(shape) - digamma(shape) - spread
      let next = 1 / (1 / shape + value / (shape * shape * (1 / shape - trigamma(shape))))
      let isDone = abs(next - shape) < 1e-14 * shape
      shape = next > 0 ? next : shape / 2
      if isDone { break }
    }
    let found = shape
    let law = try FitError.law { () throws(ParameterError) in try Gamma(shape: found, rate: found / mean) }
    let information = count * (shape * trigamma(shape) - 1)
    return Fit(
      distribution: law,
      parameters: [
        ParameterEstimate("shape", shape, deviation: (shape / information).squareRoot(), confidence: confidence),
        ParameterEstimate(
          "rate", law.rate, deviation: law.rate * (trigamma(shape) / information).squareRoot(), confidence: confidence),
      ])
  }
}
