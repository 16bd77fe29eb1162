import RealModule

/// A law estimated from samples, with an interval for each of its parameters.
public struct Fit<Law: Distribution>: Sendable, Hashable {
  /// The law of the greatest likelihood.
  public let distribution: Law
  public let parameters: [ParameterEstimate]

  /// The estimate of a parameter by name.
  public subscript(name: String) -> ParameterEstimate? { parameters.first { $0.name == name } }
}

/// A parameter's estimate and the interval that holds the true value with the confidence asked for.
public struct ParameterEstimate: Sendable, Hashable {
  public let name: String
  public let value: Double
  public let interval: ClosedRange<Double>

  init(_ name: String, _ value: Double, _ lower: Double, _ upper: Double) {
    // Roundings may part what is equal, and hide how much is known at all.
    let isKnown = !lower.isNaN && !upper.isNaN
    (self.name, self.value) = (name, value)
    interval = isKnown ? min(lower, upper)...max(lower, upper) : -.infinity...Double.infinity
  }

  /// The interval of Wald for the logarithm of a positive parameter: value · exp(±z · deviation / value).
  init(_ name: String, _ value: Double, deviation: Double, confidence: Double) {
    let factor = Double.exp(-normalQuantile((1 - confidence) / 2) * deviation / value)
    self.init(name, value, value / factor, value * factor)
  }
}

/// A law whose parameters can all be estimated from samples.
public protocol FittableDistribution: Distribution {
  /// The law of the greatest likelihood and an interval for each parameter.
  ///
  /// - Throws: `FitError` where the samples do not determine a law.
  static func fit(_ samples: [Value], confidence: Double) throws(FitError) -> Fit<Self>
}

extension FittableDistribution {
  /// The law of the greatest likelihood and an interval of 95 % for each parameter.
  public static func fit(_ samples: [Value]) throws(FitError) -> Fit<Self> { try fit(samples, confidence: 0.95) }
}

/// Why samples do not determine a law.
public enum FitError: Error, Hashable, CustomStringConvertible {
  case confidence(Double)
  case tooFewSamples(count: Int, needed: Int)
  case outsideSupport(index: Int, value: String, expected: String)
  /// The likelihood has no maximum.
  case noMaximum(reason: String)

  public var description: String {
    switch self {
    case .confidence(let value): "the confidence is \(value), expected between 0 and 1, as 0.95"
    case .tooFewSamples(let count, let needed): "there are \(count) samples, needed are \(needed) or more"
    case .outsideSupport(let index, let value, let expected): "sample \(index) is \(value), expected \(expected)"
    case .noMaximum(let reason): "no parameters are the likeliest: \(reason)"
    }
  }

  static func check<Value>(
    _ samples: [Value], confidence: Double, needed: Int = 1, expected: String, _ isUsable: (Value) -> Bool
  ) throws(FitError) {
    if !(confidence > 0 && confidence < 1) { throw .confidence(confidence) }
    if samples.count < needed { throw .tooFewSamples(count: samples.count, needed: needed) }
    if let index = samples.firstIndex(where: { !isUsable($0) }) {
      throw .outsideSupport(index: index, value: "\(samples[index])", expected: expected)
    }
  }

  /// A law of parameters that the samples gave.
  static func law<Law>(_ make: () throws(ParameterError) -> Law) throws(FitError) -> Law {
    do { return try make() } catch { throw .noMaximum(reason: "\(error)") }
  }
}
