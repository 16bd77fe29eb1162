import RealModule

/// The time until `shape` events, where `rate` are expected in a time unit: the sum of as many exponential gaps.
///
///     f(x) = λᵏ xᵏ⁻¹ e^(−λx) / (k − 1)!
///
/// Erlang 1917; the gamma distribution of a whole shape.
public struct Erlang: ContinuousDistribution {
  /// k, the number of events.
  public let shape: Int
  /// λ, the expected number of events in a time unit.
  public var rate: Double { gamma.rate }
  private let gamma: Gamma

  /// - Throws: `ParameterError` unless the shape is from 1 to 10¹⁵, the rate positive and finite.
  public init(shape: Int, rate: Double) throws(ParameterError) {
    try ParameterError.check(shape >= 1 && shape <= 1_000_000_000_000_000, Self.self, "shape", shape, "1 to 1e15")
    try ParameterError.check(rate > 0 && rate.isFinite, Self.self, "rate", rate, "above 0 and finite")
    self.shape = shape
    gamma = try Gamma(shape: Double(shape), rate: rate)
  }

  public var support: ClosedRange<Double> { gamma.support }

  public func density(at x: Double) -> Double { gamma.density(at: x) }
  public func logDensity(at x: Double) -> Double { gamma.logDensity(at: x) }
  public func cdf(_ x: Double) -> Double { gamma.cdf(x) }
  public func survival(_ x: Double) -> Double { gamma.survival(x) }
  public func quantile(_ probability: Double) -> Double { gamma.quantile(probability) }

  public var mean: Double { gamma.mean }
  public var variance: Double { gamma.variance }
  public var skewness: Double { gamma.skewness }
  public var excessKurtosis: Double { gamma.excessKurtosis }

  /// As the gamma distribution: the time does not grow with the shape.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double { gamma.sample(using: &generator) }
}

extension Erlang: FittableDistribution {
  /// The whole shape of the greatest likelihood and the rate, shape over mean. The interval of the shape has all shapes whose
  /// profile likelihood is not too far below (Wilks 1938); that of the rate is exact for the shape found.
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<Erlang> {
    let real = try Gamma.fit(samples, confidence: confidence).distribution
    let count = Double(samples.count)
    let sum = compensatedSum(samples)
    let mean = sum / count
    let meanLog = compensatedSum(samples.lazy.map { Double.log($0 / mean) }) / count
    /// The logarithm of the likelihood for a sample, at the best rate for the shape, less what is common.
    func likelihood(_ shape: Double) -> Double {
      // a ln a − a − ln Γ(a) by Stirling's formula
      0.5 * Double.log(shape / (2 * .pi)) - stirlingRemainder(shape) + shape * meanLog
    }
    let below = max(1, real.shape.rounded(.down))
    let shape = likelihood(below) >= likelihood(below + 1) ? below : below + 1
    let z = normalQuantile((1 - confidence) / 2)
    let least = likelihood(shape) - z * z / (2 * count)
    var (lowest, highest) = (shape, shape)
    var step = 1.0
    while likelihood(highest + step) >= least { step *= 2 }
    while step >= 1 {
      if likelihood(highest + step) >= least { highest += step } else { step /= 2 }
    }
    step = max(1, 0x1p50)
    while step >= 1 {
      if lowest - step >= 1 && likelihood(lowest - step) >= least { lowest -= step } else { step /= 2 }
    }
    let law = try FitError.law { () throws(ParameterError) in try Erlang(shape: Int(shape), rate: shape / mean) }
    let tail = (1 - confidence) / 2
    return Fit(
      distribution: law,
      parameters: [
        ParameterEstimate("shape", shape, lowest, highest),
        ParameterEstimate(
          "rate", law.rate, inverseIncompleteGamma(shape * count, lower: tail, upper: 1 - tail) / sum,
          inverseIncompleteGamma(shape * count, lower: 1 - tail, upper: tail) / sum),
      ])
  }
}
