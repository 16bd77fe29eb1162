import GodwitKernels
import GodwitTensor

extension Leaf {
  /// Calls `body` with the bytes of the elements, row-major, little-endian.
  func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    switch self {
    case .tensor(let tensor, _):
      let tensor = tensor.detached
      withExtendedLifetime(tensor) { body(UnsafeRawBufferPointer(start: tensor.pointer, count: byteCount)) }
    case .indices(let indices): indices.values.withUnsafeBytes(body)
    case .packed(let array): array.withUnsafeBytes(body)
    }
  }

  /// The type of the elements in a file.
  var safetensorsDType: SafetensorsDType {
    switch self {
    case .tensor(let tensor, _):
      switch tensor.dtype {
      case .float32: .float32
      case .float64: .float64
      }
    case .indices: .int32
    case .packed(let array):
      switch array.element {
      case .bool: .bool
      case .int8: .int8
      case .uint8: .uint8
      case .float16: .float16
      case .bfloat16: .bfloat16
      }
    }
  }
}

extension SafetensorsWriter {
  /// Adds a leaf of a module as it is now: real numbers, indices as I32, packed numbers as their own type.
  ///
  /// - Precondition: the name is new.
  package mutating func add(_ name: String, _ leaf: Leaf) {
    add(
      Content(name: name, dtype: leaf.safetensorsDType, shape: Array(leaf.shape), byteCount: leaf.byteCount) {
        leaf.withUnsafeBytes($0)
      })
  }
}

extension SafetensorsFile {
  /// The leaf of a name, of the kind of `structure`, whose shape it need not have.
  ///
  /// - Throws: when there is no such leaf, its bytes cannot be read, or its type is not that of `structure`'s kind.
  package func leaf(_ name: String, like structure: Leaf) throws(SafetensorsError) -> Leaf {
    if case .tensor(_, let role) = structure { return .tensor(try tensor(name), role) }
    let entry = try entry(name)
    let shape = try shape(of: entry)
    guard entry.dtype == structure.safetensorsDType else {
      throw .unsupported(
        path: path, name: name,
        problem: "holds \(entry.dtype.rawValue), not \(structure.safetensorsDType.rawValue)")
    }
    let bytes = try bytes(name)
    switch structure {
    case .packed(let array): return .packed(PackedArray(bytes, element: array.element, shape: shape))
    case .indices, .tensor:
      try Self.requireMemory(bytes.count, path)
      let values = bytes.withUnsafeBytes { bytes in
        (0..<(bytes.count / 4)).map { Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
      }
      return .indices(Indices(values, shape: shape))
    }
  }
}
