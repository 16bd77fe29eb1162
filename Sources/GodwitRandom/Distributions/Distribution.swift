import GodwitKernels

/// A law on the real line.
///
/// Probabilities are accurate to a relative 10⁻¹³ · max(1, |ln p| / 100), in both tails and at great and tiny parameters alike.
public protocol Distribution<Value>: Sendable, Hashable {
  /// What a sample is.
  associatedtype Value: Comparable & Sendable

  /// The least and the greatest value; an infinity or `Int.max` where there is none.
  var support: ClosedRange<Value> { get }

  /// P(X ≤ x), the cumulative distribution function.
  func cdf(_ x: Double) -> Double

  /// P(X > x), accurate where `cdf` is near 1.
  func survival(_ x: Double) -> Double

  /// The least x with cdf(x) ≥ `probability`.
  ///
  /// A step of a discrete law is reached by the float64 next to it; where the cdf is not known to the last bit, by whatever is
  /// within the bound of it.
  ///
  /// - Precondition: the probability is from 0 to 1.
  func quantile(_ probability: Double) -> Value

  var mean: Double { get }
  var variance: Double { get }
  /// E(X − mean)³ over the third power of the standard deviation.
  var skewness: Double { get }
  /// E(X − mean)⁴ over the square of the variance, less the 3 of a normal law.
  var excessKurtosis: Double { get }

  /// One value.
  func sample(using generator: inout some RandomNumberGenerator) -> Value

  /// Fills `target` with independent values: the fast way to many, on several threads.
  ///
  /// They are other values than `sample(using:)` would give one after another, but the same for the same state of the generator,
  /// at any number of threads.
  func fill(_ target: UnsafeMutableBufferPointer<Value>, using generator: inout some RandomNumberGenerator)
}

extension Distribution {
  public var standardDeviation: Double { variance.squareRoot() }

  public func fill(_ target: UnsafeMutableBufferPointer<Value>, using generator: inout some RandomNumberGenerator) {
    forEachRange(of: target.count, grain: 256, using: &generator) { range, words in
      for index in range { target.initializeElement(at: index, to: sample(using: &words)) }
    }
  }

  /// `count` independent values.
  ///
  /// - Precondition: the count is not negative.
  public func samples(_ count: Int, using generator: inout some RandomNumberGenerator) -> [Value] {
    require(count >= 0, "samples: \(count) values were asked for")
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), using: &generator)
      initialized = count
    }
  }

  func requireProbability(_ probability: Double) {
    require(probability >= 0 && probability <= 1, "quantile: \(probability) is not a probability, from 0 to 1")
  }
}

/// A law on the whole numbers.
public protocol DiscreteDistribution: Distribution where Value == Int {
  /// P(X = value), the probability mass function.
  func probability(of value: Int) -> Double

  /// ln P(X = value), also where the probability underflows.
  func logProbability(of value: Int) -> Double
}

extension DiscreteDistribution {
  /// P(X ≤ value).
  public func cdf(_ value: Int) -> Double { cdf(Double(value)) }

  /// P(X > value).
  public func survival(_ value: Int) -> Double { survival(Double(value)) }

  /// P(X is in `values`), accurate in both tails.
  ///
  /// Up to a thousand values are added up, more are the difference of the tails that are smaller.
  public func probability(of values: ClosedRange<Int>) -> Double {
    guard values.overlaps(support) else { return 0 }
    let possible = values.clamped(to: support)
    let (first, last) = (possible.lowerBound, possible.upperBound)
    if last - first < 1000 { return min(compensatedSum(values.lazy.map { probability(of: $0) }), 1) }
    let below = Double(first) - 1
    return cdf(below) < 0.5 && cdf(last) < 0.5 ? cdf(last) - cdf(below) : survival(below) - survival(last)
  }
}

/// A law with a density.
public protocol ContinuousDistribution: Distribution where Value == Double {
  /// The probability density function.
  func density(at x: Double) -> Double

  /// The logarithm of the density, also where the density underflows.
  func logDensity(at x: Double) -> Double

  /// Fills `target` with independent values in single precision; those beyond its range are infinite.
  func fill(_ target: UnsafeMutableBufferPointer<Float>, using generator: inout some RandomNumberGenerator)
}

extension ContinuousDistribution {
  public func fill(_ target: UnsafeMutableBufferPointer<Float>, using generator: inout some RandomNumberGenerator) {
    forEachRange(of: target.count, grain: 256, using: &generator) { range, words in
      for index in range { target.initializeElement(at: index, to: Float(sample(using: &words))) }
    }
  }
}
