import GodwitTensor
import Testing

/// The tolerances of the tests, in one place: RMS error over RMS value.
public enum Tolerance {
  /// For results computed twice in the same precision.
  public static func value(_ dtype: DType) -> Double {
    switch dtype {
    case .float32: 3e-6
    case .float64: 1e-12
    }
  }

  /// For gradients of a whole layer over a hundred positions by two ways of computing it.
  public static func mixer(_ dtype: DType) -> Double {
    switch dtype {
    case .float32: 2e-5
    case .float64: 1e-11
    }
  }

  /// For an operation's results in float32 against those in float64.
  public static let singleValue = 2e-6
  /// For its derivatives in float32, of the first and the second order, against those in float64.
  public static let singleDerivative = 5e-6
  /// The same of a derivative that is a long sum of differences of sums, by the size of its addends.
  public static let singleSummedDerivative = 1e-5
  /// For gradients of parts of an operation, in float64.
  public static let partialGradient = 1e-13
  /// For a value in forward mode against the plain one.
  public static let forwardValue = 1e-14
  /// For forward mode against its transpose, reverse mode.
  public static let transposition = 1e-12
  /// The same of second derivatives.
  public static let secondTransposition = 1e-11
  /// For a derivative against central differences of values.
  public static let differenceQuotient = 2e-7
  /// For a second derivative against central differences of gradients.
  public static let secondDifferenceQuotient = 2e-6
}

/// ‖got − want‖ / ‖want‖ over all elements: 0 where both are the same, infinite where shapes differ or a value is not
/// finite in one alone.
///
/// - Parameter scale: what the error is measured by at least, where the wanted values nearly cancel.
public func errorRatio(_ got: Tensor, _ want: Tensor, scale: Double = 0) -> Double {
  errorRatio([got], [want], scale: scale)
}

/// The error ratio of all elements of several tensors together.
public func errorRatio(_ got: [Tensor], _ want: [Tensor], scale: Double = 0) -> Double {
  guard got.map(\.shape) == want.map(\.shape) else { return .infinity }
  var difference = 0.0
  var size = 0.0
  for (got, want) in zip(got, want) {
    for (a, b) in zip(got.scalars, want.scalars) {
      if b.isFinite { size += b * b }
      if a == b || (a.isNaN && b.isNaN) { continue }
      guard a.isFinite, b.isFinite else { return .infinity }
      difference += (a - b) * (a - b)
    }
  }
  return difference == 0 ? 0 : difference.squareRoot() / Swift.max(size.squareRoot(), scale, 1e-30)
}

/// |got − want| / |want|: 0 where both are the same, infinite where one alone is not finite or 0 was wanted.
///
/// - Parameter scale: what the error is measured by at least.
public func errorRatio(_ got: Double, _ want: Double, scale: Double = 0) -> Double {
  if got == want || (got.isNaN && want.isNaN) { return 0 }
  guard got.isFinite, want.isFinite else { return .infinity }
  return Swift.abs(got - want) / Swift.max(Swift.abs(want), scale)
}

/// Expects two tensors of one shape to agree up to rounding.
///
/// - Parameters:
///   - tolerance: the greatest error ratio; that of the element type of `got` if nil.
///   - what: what is compared, for the message.
public func expectClose(
  _ got: Tensor, _ want: Tensor, tolerance: Double? = nil, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = difference(got, want, tolerance: tolerance)
  #expect(difference == nil, "\(what): got \(got), want \(want)", sourceLocation: sourceLocation)
}

/// What `expectClose` does not take; nil if there is nothing.
package func difference(_ got: Tensor, _ want: Tensor, tolerance: Double? = nil) -> String? {
  exceeding(errorRatio(got, want), tolerance ?? Tolerance.value(got.dtype))
}

/// An error ratio that is above a limit or not a number, in words.
private func exceeding(_ error: Double, _ limit: Double) -> String? {
  error <= limit ? nil : "error ratio \(error) above \(limit)"
}

/// Expects two numbers to agree up to a relative error.
///
/// - Parameters:
///   - tolerance: the greatest error ratio.
///   - scale: what the error is measured by at least, where the wanted number may be near 0.
///   - what: what is compared, for the message.
public func expectClose(
  _ got: Double, _ want: Double, tolerance: Double = Tolerance.value(.float64), scale: Double = 0, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let difference = difference(got, want, tolerance: tolerance, scale: scale)
  #expect(difference == nil, "\(what): got \(got), want \(want)", sourceLocation: sourceLocation)
}

/// What `expectClose` does not take; nil if there is nothing.
package func difference(
  _ got: Double, _ want: Double, tolerance: Double = Tolerance.value(.float64), scale: Double = 0
) -> String? {
  exceeding(errorRatio(got, want, scale: scale), tolerance)
}
