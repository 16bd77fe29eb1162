/// What a module stores in one place.
public enum Leaf: Sendable {
  /// Real numbers, and what training must know of them.
  case tensor(Tensor, ParameterRole)
  /// Whole numbers, which never differentiate.
  case indices(Indices)
  /// Stored numbers that are no tensor.
  case packed(PackedArray)

  /// The extents of its axes.
  public var shape: Shape {
    switch self {
    case .tensor(let tensor, _): tensor.shape
    case .indices(let indices): indices.shape
    case .packed(let array): array.shape
    }
  }

  /// The bytes of its elements.
  public var byteCount: Int {
    switch self {
    case .tensor(let tensor, _): tensor.count * tensor.dtype.byteCount
    case .indices(let indices): indices.count * MemoryLayout<Int32>.size
    case .packed(let array): array.byteCount
    }
  }

  /// What its elements are, for messages.
  public var elementName: String {
    switch self {
    case .tensor(let tensor, _): "\(tensor.dtype)"
    case .indices: "int32"
    case .packed(let array): array.element.rawValue
    }
  }
}
