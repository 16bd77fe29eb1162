/// The type of a tensor's elements.
public enum DType: Int32, CaseIterable, Sendable, Hashable {
  case float32 = 0
  case float64 = 1

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    }
  }

  /// Whether fused operations have kernels for the type; of another one they are composed of simple operations.
  package var hasFusedKernels: Bool {
    switch self {
    case .float32: true
    case .float64: false
    }
  }
}
