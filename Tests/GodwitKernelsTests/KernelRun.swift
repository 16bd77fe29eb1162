import Testing

@testable import GodwitKernels

extension DType {
  /// The nearest value of this type.
  func rounding(_ value: Double) -> Double {
    switch self {
    case .float32: Double(Float(value))
    case .float64: value
    }
  }

  /// The greatest RMS error ratio of a kernel over rows.
  var rowTolerance: Double {
    switch self {
    case .float32: 4e-7
    case .float64: 4e-15
    }
  }
}

/// Runs a kernel on arrays of `dtype` and returns its result; stops at a write beyond the result's end.
///
/// The inputs lie at the very end of their blocks, so that Address Sanitizer sees a read beyond them, and at addresses
/// that no vector is aligned to.
func run(
  _ dtype: DType, count: Int, _ inputs: [[Double]], _ kernel: ([UnsafeRawPointer], UnsafeMutableRawPointer) -> Void
) -> [Double] {
  let size = dtype.byteCount
  func block(_ values: [Double]) -> UnsafeMutableRawPointer {
    let block = UnsafeMutableRawPointer.allocate(byteCount: (values.count + 1) * size, alignment: 64)
    write(values, dtype, block + size)
    return block
  }
  let blocks = inputs.map(block)
  let guardValue = -12345.5
  let result = block([Double](repeating: .nan, count: count) + [guardValue])
  defer { for block in blocks + [result] { block.deallocate() } }
  kernel(blocks.map { UnsafeRawPointer($0 + size) }, result + size)
  let values = read(dtype, result + size, count + 1)
  #expect(values[count] == guardValue, "an element beyond the result was written")
  return Array(values.dropLast())
}

private func write(_ values: [Double], _ dtype: DType, _ target: UnsafeMutableRawPointer) {
  for (index, value) in values.enumerated() {
    switch dtype {
    case .float32: target.storeBytes(of: Float(value), toByteOffset: 4 * index, as: Float.self)
    case .float64: target.storeBytes(of: value, toByteOffset: 8 * index, as: Double.self)
    }
  }
}

private func read(_ dtype: DType, _ source: UnsafeMutableRawPointer, _ count: Int) -> [Double] {
  (0..<count).map { index in
    switch dtype {
    case .float32: Double(source.load(fromByteOffset: 4 * index, as: Float.self))
    case .float64: source.load(fromByteOffset: 8 * index, as: Double.self)
    }
  }
}

/// Expects the same infinities and NaNs at the same places, and an RMS error ratio within the tolerance of the rest.
///
/// - Parameter terms: what the wanted values are sums of, where these nearly cancel: errors are measured by their size.
func expectEqual(
  _ got: [Double], _ want: [Double], _ dtype: DType, terms: [Double] = [], _ name: String,
  location: SourceLocation = #_sourceLocation
) {
  let difference = difference(got, want, dtype, terms: terms)
  #expect(difference == nil, "\(name)", sourceLocation: location)
}

/// What `expectEqual` does not take; nil if there is nothing.
func difference(_ got: [Double], _ want: [Double], _ dtype: DType, terms: [Double] = []) -> String? {
  if got.count != want.count { return "\(got.count) values, not \(want.count)" }
  var (difference, norm) = (0.0, dot(terms, terms))
  for (index, (got, want)) in zip(got, want).enumerated() {
    if want.isFinite && got.isFinite {
      difference += (got - want) * (got - want)
      norm += want * want
    } else if got != want && !(got.isNaN && want.isNaN) {
      return "\(got) at \(index), not \(want)"
    }
  }
  let ratio = difference == 0 ? 0 : (difference / norm).squareRoot()
  return ratio <= dtype.rowTolerance ? nil : "an error ratio of \(ratio) above \(dtype.rowTolerance)"
}

func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }

/// Expects the gradient of `f` at x, taken along `direction`, to be the central difference of f.
func expectDerivative(
  _ x: [Double], _ direction: [Double], _ gradient: [Double], location: SourceLocation = #_sourceLocation,
  of f: ([Double]) -> Double
) {
  expectSlope(dot(gradient, direction), scale: 0.01, location: location) { step in
    f(zip(x, direction).map { $0 + step * $1 })
  }
}

/// Expects the slope of `f` at 0 to be its central difference.
///
/// - Parameter scale: what the error is measured by at least.
func expectSlope(
  _ slope: Double, tolerance: Double = slopeTolerance, scale: Double = 0, location: SourceLocation = #_sourceLocation,
  of f: (_ step: Double) -> Double
) {
  let error = slopeError(slope, scale: scale, of: f)
  #expect(error < tolerance, sourceLocation: location)
}

/// The greatest error ratio of a slope.
let slopeTolerance = 1e-7

/// How far a slope of `f` at 0 is from the central difference, by its size or `scale`.
func slopeError(_ slope: Double, scale: Double = 0, of f: (_ step: Double) -> Double) -> Double {
  let quotient = (f(1e-5) - f(-1e-5)) / 2e-5
  return abs(slope - quotient) / max(abs(quotient), scale)
}
