import GodwitKernels

extension Tensor {
  /// The elements in row-major order, as `Double`.
  public var scalars: [Double] {
    let count = count
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 {
        convert(from: dtype, to: .float64, count: count, pointer, UnsafeMutableRawPointer(buffer.baseAddress!))
      }
      initialized = count
    }
  }

  /// The elements in row-major order, as `Float`.
  public var floatScalars: [Float] {
    let count = count
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 {
        convert(from: dtype, to: .float32, count: count, pointer, UnsafeMutableRawPointer(buffer.baseAddress!))
      }
      initialized = count
    }
  }

  /// The only element of a one-element tensor.
  ///
  /// - Precondition: the tensor has exactly one element.
  public var item: Double {
    require(count == 1, "item: a tensor of shape \(shape) has \(count) elements, not one")
    switch dtype {
    case .float32: return Double(pointer.load(as: Float.self))
    case .float64: return pointer.load(as: Double.self)
    }
  }
}
