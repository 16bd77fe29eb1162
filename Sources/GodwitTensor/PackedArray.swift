import GodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Stored numbers that no operation reads as real numbers before they are unpacked: a quantised weight, a mask.
///
/// A leaf of modules beside tensors and index arrays: saved with the model, never differentiated.
public struct PackedArray: Sendable, Hashable {
  /// The type of the elements.
  public enum Element: String, Sendable, Hashable, CaseIterable {
    case bool, int8, uint8, float16, bfloat16

    /// Bytes of one element.
    public var byteCount: Int {
      switch self {
      case .bool, .int8, .uint8: 1
      case .float16, .bfloat16: 2
      }
    }
  }

  /// The type of the elements.
  public let element: Element
  /// The extents of the axes, outermost first.
  public let shape: Shape
  package let storage: Storage

  /// Elements as their bytes, row-major, little-endian.
  ///
  /// - Precondition: as many bytes as the shape needs.
  public init(_ bytes: some Collection<UInt8>, element: Element, shape: Shape) {
    self.init(element: element, shape: shape) { target in
      require(
        bytes.count == target.count,
        "PackedArray: \(bytes.count) bytes for \(shape) of \(element), \(target.count) needed")
      target.copyBytes(from: bytes)
    }
  }

  /// Elements whose bytes `fill` writes, all of them.
  package init(element: Element, shape: Shape, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.element = element
    self.shape = shape
    let byteCount = shape.elementCount * element.byteCount
    storage = Storage(byteCount: byteCount)
    fill(UnsafeMutableRawBufferPointer(start: storage.pointer, count: byteCount))
  }

  /// The number of elements.
  public var count: Int { shape.elementCount }

  /// The bytes of all elements.
  public var byteCount: Int { storage.byteCount }

  /// Calls `body` with the bytes of all elements, row-major, little-endian.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: storage.pointer, count: byteCount))
  }

  public static func == (a: PackedArray, b: PackedArray) -> Bool {
    a.element == b.element && a.shape == b.shape
      && (a.storage === b.storage || memcmp(a.storage.pointer, b.storage.pointer, a.byteCount) == 0)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(element)
    hasher.combine(shape)
    withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
