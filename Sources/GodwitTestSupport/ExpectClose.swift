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
}

/// ‖got − want‖ / ‖want‖ over all elements: 0 where both are the same, infinite where shapes differ or a value is not
/// finite in one alone.
public func errorRatio(_ got: Tensor, _ want: Tensor) -> Double {
  guard got.shape == want.shape else { return .infinity }
  var difference = 0.0
  var size = 0.0
  for (a, b) in zip(got.scalars, want.scalars) {
    if a == b || (a.isNaN && b.isNaN) { continue }
    guard a.isFinite, b.isFinite else { return .infinity }
    difference += (a - b) * (a - b)
  }
  for b in want.scalars where b.isFinite { size += b * b }
  return difference == 0 ? 0 : difference.squareRoot() / Swift.max(size.squareRoot(), 1e-30)
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
  let error = errorRatio(got, want)
  let limit = tolerance ?? Tolerance.value(got.dtype)
  #expect(
    error <= limit, "\(what): error ratio \(error) above \(limit); got \(got), want \(want)",
    sourceLocation: sourceLocation)
}
