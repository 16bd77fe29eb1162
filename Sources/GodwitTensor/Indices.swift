import GodwitKernels

/// Whole numbers with a shape: token ids, classes, positions. They never differentiate.
public struct Indices: Sendable, Hashable {
  /// The extents of the axes, outermost first.
  public let shape: Shape
  /// The values in row-major order.
  public let values: [Int32]

  /// The values in row-major order, arranged in `shape`.
  ///
  /// - Precondition: as many values as the shape has elements.
  public init(_ values: [Int32], shape: Shape) {
    require(
      values.count == shape.elementCount,
      "Indices: \(values.count) values for \(shape), which has \(shape.elementCount)")
    self.shape = shape
    self.values = values
  }

  /// A vector of the given values.
  public init(_ values: [Int32]) { self.init(values, shape: [values.count]) }

  /// The number of values.
  public var count: Int { values.count }

  /// The same values in another shape.
  public func reshaped(_ shape: Shape) -> Indices { Indices(values, shape: shape) }

  /// Stops unless every value is in `0 ..< bound`.
  package func requireBelow(_ bound: Int, _ operation: StaticString) {
    for value in values {
      require(value >= 0 && Int(value) < bound, "\(operation): index \(value) is not in 0 ..< \(bound)")
    }
  }
}
