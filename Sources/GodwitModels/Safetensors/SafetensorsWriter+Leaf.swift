import GodwitKernels
import GodwitTensor

extension SafetensorsWriter {
  /// Adds a leaf of a module as it is now: a tensor as F32 or F64, indices as I32, a packed array as what it is.
  ///
  /// - Precondition: the name is new.
  public mutating func add(_ name: String, _ leaf: Leaf) {
    switch leaf {
    case .tensor(let tensor, _): add(name, tensor)
    case .indices(let indices):
      let bytes = indices.values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
      add(name, bytes, dtype: .int32, shape: Array(indices.shape))
    case .packed(let array):
      add(
        Content(
          name: name, dtype: SafetensorsDType(array.element), shape: Array(array.shape), byteCount: array.byteCount,
          withBytes: { body in array.withUnsafeBytes(body) }))
    }
  }
}

extension SafetensorsDType {
  init(_ element: PackedArray.Element) {
    switch element {
    case .bool: self = .bool
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    }
  }
}

extension SafetensorsFile {
  /// The leaf of a name: of the kind and element type of `expected`, of whatever shape the file has.
  ///
  /// - Throws: when there is no such entry, its bytes cannot be read, or it is of another type.
  public func leaf(_ name: String, like expected: Leaf) throws(SafetensorsError) -> Leaf {
    let entry = try entry(name)
    func refuse(_ wanted: String) -> SafetensorsError {
      .unsupported(path: path, name: name, problem: "holds \(entry.dtype.rawValue), expected \(wanted)")
    }
    switch expected {
    case .tensor(let tensor, let role):
      let found = try self.tensor(name)
      guard found.dtype == tensor.dtype else { throw refuse("\(tensor.dtype)") }
      return .tensor(found, role)
    case .indices:
      guard entry.dtype == .int32 else { throw refuse("I32") }
      let shape = try shape(of: entry)
      let bytes = try bytes(name)
      let values = stride(from: 0, to: bytes.count, by: 4).map { place in
        bytes.withUnsafeBytes { Int32(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Int32.self)) }
      }
      return .indices(Indices(values, shape: shape))
    case .packed(let array):
      let wanted = SafetensorsDType(array.element)
      guard entry.dtype == wanted else { throw refuse(wanted.rawValue) }
      let shape = try shape(of: entry)
      return .packed(PackedArray(try bytes(name), element: array.element, shape: shape))
    }
  }
}
