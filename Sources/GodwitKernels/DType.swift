/// The type of a tensor's elements.
public enum DType: Int32, CaseIterable, Sendable, Hashable {
  case float32 = 0
  case float64 = 1

  /// Bytes of one element.
  public var byteCount: Int { self == .float32 ? 4 : 8 }
}
