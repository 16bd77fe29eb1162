import GodwitKernels
import GodwitTensor

extension SafetensorsWriter {
  /// Adds a tensor as it is now.
  ///
  /// - Precondition: the name is new.
  public mutating func add(_ name: String, _ tensor: Tensor) {
    let tensor = tensor.detached
    let byteCount = tensor.count * tensor.dtype.byteCount
    let dtype: SafetensorsDType =
      switch tensor.dtype {
      case .float32: .float32
      case .float64: .float64
      }
    add(
      Content(
        name: name, dtype: dtype, shape: Array(tensor.shape), byteCount: byteCount
      ) { body in
        withExtendedLifetime(tensor) { body(UnsafeRawBufferPointer(start: tensor.pointer, count: byteCount)) }
      })
  }
}
