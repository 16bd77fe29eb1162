extension UnsafeRawPointer {
  /// The elements of a float32 array.
  var floats: UnsafePointer<Float> { assumingMemoryBound(to: Float.self) }
  /// The elements of a float64 array.
  var doubles: UnsafePointer<Double> { assumingMemoryBound(to: Double.self) }
}

extension UnsafeMutableRawPointer {
  /// The elements of a float32 array.
  var floats: UnsafeMutablePointer<Float> { assumingMemoryBound(to: Float.self) }
  /// The elements of a float64 array.
  var doubles: UnsafeMutablePointer<Double> { assumingMemoryBound(to: Double.self) }
}
