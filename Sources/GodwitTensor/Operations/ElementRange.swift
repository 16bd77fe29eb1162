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
  package var isFinite: Bool { !hasElement(above: dtype.greatest, orBelow: 0) }

  /// Whether some element is above `limit`; where `least` is given, whether some magnitude is, or is below that or not a number.
  func hasElement(above limit: Double, orBelow least: Double? = nil) -> Bool {
    func check<Scalar: BinaryFloatingPoint>(_ elements: UnsafePointer<Scalar>) -> Bool {
      let most = Scalar(limit)
      var found = false
      if let least = least.map(Scalar.init) {
        for index in 0..<count {
          let size = Swift.abs(elements[index])
          found = found || !(size <= most && size >= least)
        }
      } else {
        for index in 0..<count { found = found || elements[index] > most }
      }
      return found
    }
    return withExtendedLifetime(self) {
      switch dtype {
      case .float32: check(floats)
      case .float64: check(pointer.assumingMemoryBound(to: Double.self))
      }
    }
  }
}
