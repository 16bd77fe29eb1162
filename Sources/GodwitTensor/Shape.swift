import GodwitKernels

/// The extents of a tensor's axes, outermost first; at most eight, each below 2³¹.
public struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, RandomAccessCollection, CustomStringConvertible {
  /// The greatest number of axes.
  public static let maximumRank = 8

  // Inline, so that making a tensor never allocates for its shape.
  private var extents: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0, 0, 0, 0)
  private var rank8: Int8 = 0

  /// The shape with these extents.
  ///
  /// - Precondition: at most eight extents, none negative.
  public init(_ extents: some Collection<Int>) {
    require(
      extents.count <= Self.maximumRank, "Shape: \(extents.count) axes; at most \(Self.maximumRank) are supported")
    rank8 = Int8(extents.count)
    var axis = 0
    for extent in extents {
      self[axis] = extent
      axis += 1
    }
  }

  /// The shape with these extents.
  public init(arrayLiteral extents: Int...) { self.init(extents) }

  /// The number of axes.
  public var rank: Int { Int(rank8) }

  /// The first axis.
  public var startIndex: Int { 0 }
  /// The number of axes.
  public var endIndex: Int { Int(rank8) }

  /// The extent of an axis.
  public subscript(axis: Int) -> Int {
    get {
      require(axis >= 0 && axis < rank, "Shape: axis \(axis) of a shape with \(rank) axes")
      return withUnsafeBytes(of: extents) { Int($0.load(fromByteOffset: axis &* 4, as: Int32.self)) }
    }
    set {
      require(axis >= 0 && axis < rank, "Shape: axis \(axis) of a shape with \(rank) axes")
      require(newValue >= 0 && newValue <= Int(Int32.max), "Shape: extent \(newValue) is not in 0 ..< 2^31")
      withUnsafeMutableBytes(of: &extents) {
        $0.storeBytes(of: Int32(truncatingIfNeeded: newValue), toByteOffset: axis &* 4, as: Int32.self)
      }
    }
  }

  /// The product of the extents; 1 for a scalar.
  ///
  /// - Precondition: the product is below 2⁵⁹, beyond which no memory has bytes for it.
  public var elementCount: Int {
    var count = 1
    var isWithin = true
    for axis in 0..<rank {
      let extent = self[axis]
      if extent == 0 { return 0 }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      count = product
      isWithin = isWithin && !overflow && product < 1 << 59
    }
    require(isWithin, "Shape: \(self) has more elements than any memory")
    return count
  }

  /// The axis counted from the front, where a negative one counts from the back.
  ///
  /// - Precondition: `axis` is in `-rank ..< rank`.
  public func axis(_ axis: Int, of operation: StaticString = "Shape") -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(resolved >= 0 && resolved < rank, "\(operation): axis \(axis) of \(self), which has \(rank) axes")
    return resolved
  }

  /// The distance in elements between neighbours along each axis of a dense tensor.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var stride = 1
    for axis in (0..<rank).reversed() {
      strides[axis] = stride
      stride *= self[axis]
    }
    return strides
  }

  /// The elements before, along and after an axis: the view [outer, extent, inner] that kernels work on.
  package func split(at axis: Int) -> (outer: Int, extent: Int, inner: Int) {
    var outer = 1
    var inner = 1
    for other in 0..<axis { outer *= self[other] }
    for other in (axis + 1)..<Swift.max(rank, axis + 1) { inner *= self[other] }
    return (outer, self[axis], inner)
  }

  /// The shape without an axis.
  public func removing(axis: Int) -> Shape {
    var extents = Array(self)
    extents.remove(at: self.axis(axis))
    return Shape(extents)
  }

  /// The shape with one extent replaced.
  public func replacing(axis: Int, with extent: Int) -> Shape {
    var shape = self
    shape[self.axis(axis)] = extent
    return shape
  }

  /// The shape that two broadcast to: axes are matched from the last; an extent of 1 stretches.
  package static func broadcast(_ a: Shape, _ b: Shape, of operation: StaticString) -> Shape {
    if a == b { return a }
    let rank = Swift.max(a.rank, b.rank)
    var shape = Shape([Int](repeating: 1, count: rank))
    for axis in 0..<rank {
      let x = axis < rank - a.rank ? 1 : a[axis - rank + a.rank]
      let y = axis < rank - b.rank ? 1 : b[axis - rank + b.rank]
      require(
        x == y || x == 1 || y == 1, "\(operation): \(a) and \(b) do not broadcast; axis \(axis) has \(x) and \(y)")
      shape[axis] = x == 1 ? y : x
    }
    return shape
  }

  /// Strides that read a dense tensor of this shape as `target`, 0 where an extent is stretched.
  package func broadcastStrides(to target: Shape) -> [Int] {
    var result = [Int](repeating: 0, count: target.rank)
    let own = strides
    for axis in 0..<rank where self[axis] != 1 { result[axis + target.rank - rank] = own[axis] }
    return result
  }

  public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }

  public static func == (a: Shape, b: Shape) -> Bool {
    a.rank8 == b.rank8
      && withUnsafeBytes(of: a.extents) { x in
        withUnsafeBytes(of: b.extents) { y in
          x.loadUnaligned(as: SIMD8<Int32>.self) == y.loadUnaligned(as: SIMD8<Int32>.self)
        }
      }
  }

  public func hash(into hasher: inout Hasher) {
    for extent in self { hasher.combine(extent) }
  }
}
