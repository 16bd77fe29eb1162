import GodwitKernels
import GodwitTensor

/// A learned vector for each position, added to the input; positions beyond the table do not exist.
public struct LearnedPositions: Module {
  /// [context, D].
  public var table: Tensor

  /// A table of normal vectors of mean 0.
  public init(
    _ context: Int, _ width: Int, standardDeviation: Double = 0.02, using generator: inout some RandomNumberGenerator
  ) {
    require(context > 0 && width > 0, "LearnedPositions: \(context) positions of width \(width); both must be positive")
    table = Tensor(normal: 0, standardDeviation: standardDeviation, shape: [context, width], using: &generator)
  }

  /// The number of positions.
  public var context: Int { table.shape[0] }

  /// x plus the vectors of its positions.
  ///
  /// - Parameters:
  ///   - x: [B, T, D].
  ///   - positions: how many each sequence has had before.
  /// - Precondition: the last position is in the table.
  public func callAsFunction(_ x: Tensor, after positions: Positions) -> Tensor {
    let length = x.shape[1]
    let end = positions.most + length
    require(end <= context, "LearnedPositions: position \(end - 1) does not exist; the table has \(context) positions")
    if let common = positions.common { return x + table.slice(common..<end, along: 0) }
    let places = positions.values.flatMap { start in (start..<(start + length)).map(Int32.init) }
    return x + table.gather(Indices(places, shape: [positions.count, length]))
  }

  /// x plus the vectors of the positions from `offset` on.
  public func callAsFunction(_ x: Tensor, offset: Int = 0) -> Tensor {
    self(x, after: Positions([Int](repeating: offset, count: x.shape[0])))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("table", &table, .embedding)
  }
}
