import GodwitKernels
import GodwitTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Leaf {
  /// Some parts of the first axis, in the order of `rows`.
  func select(_ rows: [Int]) -> Leaf {
    for row in rows {
      require(row >= 0 && row < shape[0], "select: row \(row) of a state of \(shape[0]) sequences")
    }
    switch self {
    case .tensor(let tensor, let role): return .tensor(tensor.select(rows), role)
    case .indices(let indices):
      let width = indices.shape.removing(axis: 0).elementCount
      let values = rows.flatMap { indices.values[$0 * width..<($0 + 1) * width] }
      return .indices(Indices(values, shape: indices.shape.replacing(axis: 0, with: rows.count)))
    case .packed(let array):
      let width = array.shape.removing(axis: 0).elementCount * array.element.byteCount
      let bytes = array.withUnsafeBytes { bytes in rows.flatMap { bytes[$0 * width..<($0 + 1) * width] } }
      return .packed(
        PackedArray(bytes, element: array.element, shape: array.shape.replacing(axis: 0, with: rows.count)))
    }
  }

  /// Leaves one after another along the first axis.
  ///
  /// - Precondition: all are of one kind and type.
  static func joined(_ leaves: [Leaf]) -> Leaf {
    var (tensors, indices, arrays): ([Tensor], [Indices], [PackedArray]) = ([], [], [])
    for leaf in leaves {
      switch leaf {
      case .tensor(let tensor, _): tensors.append(tensor)
      case .indices(let more): indices.append(more)
      case .packed(let array): arrays.append(array)
      }
    }
    let counts = [tensors.count, indices.count, arrays.count]
    require(counts.contains(leaves.count), "joined: leaves of several kinds, \(leaves.map(\.elementName))")
    let extent = leaves.reduce(0) { $0 + $1.shape[0] }
    let shape = leaves[0].shape.replacing(axis: 0, with: extent)
    for leaf in leaves {
      require(
        leaf.shape.removing(axis: 0) == shape.removing(axis: 0) && leaf.elementName == leaves[0].elementName,
        "joined: \(leaves[0].elementName) \(leaves[0].shape) and \(leaf.elementName) \(leaf.shape)")
    }
    switch leaves[0] {
    case .tensor(_, let role): return .tensor(concatenate(tensors, along: 0), role)
    case .indices: return .indices(Indices(indices.flatMap(\.values), shape: shape))
    case .packed(let first):
      let bytes = arrays.flatMap { $0.withUnsafeBytes { Array($0) } }
      return .packed(PackedArray(bytes, element: first.element, shape: shape))
    }
  }

  /// Whether both are of one kind, type and shape and have the same bits.
  func hasSameBits(as other: Leaf) -> Bool {
    switch (self, other) {
    case (.tensor(let a, _), .tensor(let b, _)):
      a.dtype == b.dtype && a.shape == b.shape && memcmp(a.pointer, b.pointer, a.count * a.dtype.byteCount) == 0
    case (.indices(let a), .indices(let b)): a == b
    case (.packed(let a), .packed(let b)): a == b
    default: false
    }
  }
}
