import RealModule

/// A proportion: of two independent gamma quantities of shapes α and β, the part that the first has in their sum.
///
///     f(x) = xᵅ⁻¹ (1 − x)ᵝ⁻¹ / B(α, β)
///
/// The tails are incomplete beta functions.
public struct Beta: ContinuousDistribution {
  /// α.
  public let alpha: Double
  /// β.
  public let beta: Double

  /// - Throws: `ParameterError` unless both parameters are above 0 and at most 10¹⁵.
  public init(alpha: Double, beta: Double) throws(ParameterError) {
    for (name, value) in [("alpha", alpha), ("beta", beta)] {
      try ParameterError.check(value > 0 && value <= 1e15, Self.self, name, value, "above 0, at most 1e15")
    }
    (self.alpha, self.beta) = (alpha, beta)
  }

  public var support: ClosedRange<Double> { 0...1 }

  public func density(at x: Double) -> Double {
    if x <= 0 || x >= 1 || x.isSubnormal { return .exp(logDensity(at: x)) }
    let density = betaDensity(alpha, beta, x: x, y: 1 - x)
    return scaledExponential(density.factor / x / (1 - x), exponent: density.exponent)
  }

  public func logDensity(at x: Double) -> Double {
    if x < 0 || x > 1 { return -.infinity }
    if x == 0 { return alpha == 1 ? .log(beta) : alpha < 1 ? .infinity : -.infinity }
    if x == 1 { return beta == 1 ? .log(alpha) : beta < 1 ? .infinity : -.infinity }
    if x.isSubnormal { return (alpha - 1) * .log(x) - logBeta(alpha, beta) }
    let density = betaDensity(alpha, beta, x: x, y: 1 - x)
    return density.exponent + .log(density.factor) - .log(x) - .log(onePlus: -x)
  }

  public func cdf(_ x: Double) -> Double { x.isNaN ? x : tails(x).lower }

  public func survival(_ x: Double) -> Double { x.isNaN ? x : tails(x).upper }

  private func tails(_ x: Double) -> Tails { incompleteBeta(alpha, beta, x: x, y: 1 - x) }

  public func quantile(_ probability: Double) -> Double {
    requireProbability(probability)
    return inverseIncompleteBeta(alpha, beta, lower: probability, upper: 1 - probability).x
  }

  private var sum: Double { alpha + beta }

  public var mean: Double { alpha / sum }
  public var variance: Double { alpha / sum * (beta / sum) / (sum + 1) }

  public var skewness: Double {
    2 * (beta - alpha) / (sum + 2) * ((sum + 1) / (alpha * beta)).squareRoot()
  }

  public var excessKurtosis: Double {
    let difference = (alpha - beta) * (alpha - beta) * (sum + 1) / (alpha * beta)
    return 6 * (difference - (sum + 2)) / ((sum + 2) * (sum + 3))
  }

  /// X / (X + Y) of two gamma samples, by their logarithms, as both underflow at tiny parameters.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    let x = Gamma.logSample(alpha, using: &generator)
    let y = Gamma.logSample(beta, using: &generator)
    // At shapes so tiny that even the logarithms overflow the sample is at an end: at 1 with the probability α / (α + β).
    if x == -.infinity && y == -.infinity { return generator.openUniform() < alpha / (alpha + beta) ? 1 : 0 }
    return x < y ? .exp(x - y) / (1 + .exp(x - y)) : 1 / (1 + .exp(y - x))
  }
}

extension Beta: FittableDistribution {
  /// The parameters of the greatest likelihood solve ψ(α) − ψ(α + β) = mean of ln x and its like for β, by Newton's method. The
  /// intervals are Wald's for the logarithms, with the observed information.
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<Beta> {
    try FitError.check(samples, confidence: confidence, needed: 2, expected: "between 0 and 1") { $0 > 0 && $0 < 1 }
    let count = Double(samples.count)
    let mean = compensatedSum(samples) / count
    let variance = compensatedSum(samples.lazy.map { ($0 - mean) * ($0 - mean) }) / count
    if !(variance > 0) { throw .noMaximum(reason: "all samples are equal") }
    let logX = compensatedSum(samples.lazy.map { .log($0) }) / count
    let logY = compensatedSum(samples.lazy.map { .log(onePlus: -$0) }) / count
    func likelihood(_ a: Double, _ b: Double) -> Double { a * logX + b * logY - logBeta(a, b) }
    let total = max(mean * (1 - mean) / variance - 1, 1e-3)
    var (a, b) = (mean * total, (1 - mean) * total)
    for _ in 0..<200 {
      let shared = trigamma(a + b)
      let (slopeA, slopeB) = (logX - digamma(a) + digamma(a + b), logY - digamma(b) + digamma(a + b))
      let (curveA, curveB) = (trigamma(a) - shared, trigamma(b) - shared)
      let determinant = curveA * curveB - shared * shared
      var stepA = (slopeA * curveB + slopeB * shared) / determinant
      var stepB = (slopeB * curveA + slopeA * shared) / determinant
      // The likelihood is concave: a shorter step gains where a whole one would overshoot.
      let present = likelihood(a, b)
      while a + stepA <= 0 || b + stepB <= 0 || likelihood(a + stepA, b + stepB) < present - 1e-12 * abs(present) {
        (stepA, stepB) = (stepA / 2, stepB / 2)
        if abs(stepA) < 1e-16 * a && abs(stepB) < 1e-16 * b { break }
      }
      if !(a + stepA > 0 && b + stepB > 0) { break }
      (a, b) = (a + stepA, b + stepB)
      if abs(stepA) < 1e-13 * a && abs(stepB) < 1e-13 * b { break }
    }
    let (alpha, beta) = (a, b)
    let law = try FitError.law { () throws(ParameterError) in try Beta(alpha: alpha, beta: beta) }
    let shared = trigamma(a + b)
    let (curveA, curveB) = (trigamma(a) - shared, trigamma(b) - shared)
    let determinant = count * (curveA * curveB - shared * shared)
    return Fit(
      distribution: law,
      parameters: [
        ParameterEstimate("alpha", a, deviation: (curveB / determinant).squareRoot(), confidence: confidence),
        ParameterEstimate("beta", b, deviation: (curveA / determinant).squareRoot(), confidence: confidence),
      ])
  }
}
