import GodwitKernels
import GodwitTensor

extension SafetensorsWriter {
  /// Adds a tensor as it is now.
  ///
  /// - Precondition: the name is new.
  public mutating func add(_ name: String, _ tensor: Tensor) {
    let tensor = tensor.detached
    let byteCount = tensor.count * tensor.dtype.byteCount
    add(
      Content(
        name: name, dtype: tensor.dtype == .float32 ? .float32 : .float64, shape: Array(tensor.shape),
        byteCount: byteCount
      ) { body in
        withExtendedLifetime(tensor) { body(UnsafeRawBufferPointer(start: tensor.pointer, count: byteCount)) }
      })
  }
}
