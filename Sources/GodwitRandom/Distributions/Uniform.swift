import RealModule

/// Any value of an interval, none likelier than another.
///
///     f(x) = 1 / (b − a)
public struct Uniform: ContinuousDistribution {
  /// a.
  public let lowerBound: Double
  /// b.
  public let upperBound: Double

  /// - Throws: `ParameterError` unless the bounds, and what is between them, are finite and the lower bound is below the upper.
  public init(from lowerBound: Double, to upperBound: Double) throws(ParameterError) {
    try ParameterError.check(lowerBound.isFinite, Self.self, "lowerBound", lowerBound, "a finite number")
    try ParameterError.check(
      upperBound > lowerBound && (upperBound - lowerBound).isFinite, Self.self, "upperBound", upperBound,
      "above the lower bound \(lowerBound) by something finite")
    (self.lowerBound, self.upperBound) = (lowerBound, upperBound)
  }

  private var width: Double { upperBound - lowerBound }

  public var support: ClosedRange<Double> { lowerBound...upperBound }

  public func density(at x: Double) -> Double { x.isNaN ? x : support.contains(x) ? 1 / width : 0 }

  public func logDensity(at x: Double) -> Double {
    x.isNaN ? x : support.contains(x) ? -.log(width) : -.infinity
  }

  public func cdf(_ x: Double) -> Double { ((x - lowerBound) / width).clamped }

  public func survival(_ x: Double) -> Double { ((upperBound - x) / width).clamped }

  public func quantile(_ probability: Double) -> Double {
    requireProbability(probability)
    return probability < 0.5 ? lowerBound + probability * width : upperBound - (1 - probability) * width
  }

  public var mean: Double { lowerBound + width / 2 }
  public var variance: Double { width * width / 12 }
  public var skewness: Double { 0 }
  public var excessKurtosis: Double { -1.2 }

  /// From the upper 53 bits of a word, as `fillUniform` does; the upper bound is never a sample.
  public func sample(using generator: inout some RandomNumberGenerator) -> Double {
    min(lowerBound + Double(generator.next() >> 11) * 0x1p-53 * width, upperBound.nextDown)
  }

  public func fill(_ target: UnsafeMutableBufferPointer<Double>, using generator: inout some RandomNumberGenerator) {
    guard let base = target.baseAddress else { return }
    fillUniform(base, count: target.count, in: lowerBound..<upperBound, using: &generator)
  }

  /// Each value from 24 bits.
  ///
  /// - Precondition: the bounds are finite in single precision, and differ.
  public func fill(_ target: UnsafeMutableBufferPointer<Float>, using generator: inout some RandomNumberGenerator) {
    guard let base = target.baseAddress else { return }
    fillUniform(base, count: target.count, in: Float(lowerBound)..<Float(upperBound), using: &generator)
  }
}

extension Double {
  /// The nearest probability; NaN stays.
  fileprivate var clamped: Double { self < 0 ? 0 : self > 1 ? 1 : self }
}

extension Uniform: FittableDistribution {
  /// The bounds of the greatest likelihood are the least and the greatest sample. The intervals are exact: what is missing
  /// beyond the greatest of n samples, over their range, exceeds t with probability (1 + t)^−(n − 1).
  public static func fit(_ samples: [Double], confidence: Double) throws(FitError) -> Fit<Uniform> {
    try FitError.check(samples, confidence: confidence, needed: 2, expected: "a finite number") { $0.isFinite }
    var (least, greatest) = (samples[0], samples[0])
    for sample in samples { (least, greatest) = (min(least, sample), max(greatest, sample)) }
    if least == greatest { throw .noMaximum(reason: "all samples are equal") }
    let (lower, upper) = (least, greatest)
    let law = try FitError.law { () throws(ParameterError) in try Uniform(from: lower, to: upper) }
    let reach = (upper - lower) * .expMinusOne(-.log(1 - confidence) / Double(samples.count - 1))
    return Fit(
      distribution: law,
      parameters: [
        ParameterEstimate("lowerBound", lower, lower - reach, lower),
        ParameterEstimate("upperBound", upper, upper, upper + reach),
      ])
  }
}
