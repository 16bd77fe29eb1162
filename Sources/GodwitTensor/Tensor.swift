import GodwitKernels

/// A dense array of real numbers, row-major, with a shape and an element type known at run time.
///
/// A tensor is a value: copying shares the memory, changing copies it unless it is uniquely owned. Within `gradient` and
/// its relatives a tensor also carries what is needed to differentiate through it.
public struct Tensor: Sendable {
  package var storage: Storage
  package let offset: Int  // in elements; a reshape or a slice along the first axis shares the storage
  /// The extents of the axes, outermost first.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType
  package var trace: Trace?

  package init(storage: Storage, offset: Int = 0, shape: Shape, dtype: DType, trace: Trace? = nil) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.dtype = dtype
    self.trace = trace
  }

  /// A tensor whose elements `fill` writes, all of them.
  package init(_ shape: Shape, _ dtype: DType, fill: (UnsafeMutableRawPointer) -> Void) {
    let storage = Storage(byteCount: shape.elementCount * dtype.byteCount)
    fill(storage.pointer)
    self.init(storage: storage, shape: shape, dtype: dtype)
  }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The number of elements.
  public var count: Int { shape.elementCount }

  /// The first element. The memory lives as long as some tensor that shares it: hold the tensor while using it.
  package var pointer: UnsafeRawPointer {
    UnsafeRawPointer(storage.pointer + offset * dtype.byteCount)
  }

  /// The first element of a float32 tensor.
  package var floats: UnsafePointer<Float> {
    assert(dtype == .float32)
    return pointer.assumingMemoryBound(to: Float.self)
  }

  /// The first element of a float32 tensor that the caller has just made and is filling.
  package var freshFloats: UnsafeMutablePointer<Float> { UnsafeMutablePointer(mutating: floats) }

  /// Whether a derivative is being taken through this tensor.
  package var isTraced: Bool { trace != nil }

  /// The same values, with no derivative taken through them.
  public var detached: Tensor { Tensor(storage: storage, offset: offset, shape: shape, dtype: dtype) }

  /// Calls `body` with the elements to change in place; copies them first if they are shared.
  ///
  /// - Precondition: no derivative is being taken through the tensor.
  package mutating func withMutablePointer<R>(_ body: (UnsafeMutableRawPointer) throws -> R) rethrows -> R {
    require(trace == nil, "a tensor that is being differentiated cannot be changed in place")
    if !isKnownUniquelyReferenced(&storage) {
      let source = self
      let bytes = count * dtype.byteCount
      self = Tensor(shape, dtype) { $0.copyMemory(from: source.pointer, byteCount: bytes) }
    }
    return try body(storage.pointer + offset * dtype.byteCount)
  }
}
