import GodwitKernels

extension DType {
  /// The greatest finite number.
  var greatest: Double {
    switch self {
    case .float32: Double(Float.greatestFiniteMagnitude)
    case .float64: .greatestFiniteMagnitude
    }
  }
}

extension Tensor {
  /// Whether all elements are finite.
  package var isFinite: Bool { !hasMagnitude(outside: 0...dtype.greatest) }

  /// Whether some element is above a limit, or not a number.
  func hasElement(above limit: Double) -> Bool { hasElement(outside: -Double.infinity...limit, magnitudes: false) }

  /// Whether some magnitude is not within a range, or not a number.
  func hasMagnitude(outside range: ClosedRange<Double>) -> Bool { hasElement(outside: range, magnitudes: true) }

  private func hasElement(outside range: ClosedRange<Double>, magnitudes: Bool) -> Bool {
    withExtendedLifetime(self) {
      GodwitKernels.hasElement(dtype, count: count, pointer, outside: range, magnitudes: magnitudes)
    }
  }
}
