import GodwitKernels
import GodwitTensor

/// A table of vectors, one for each of a set of ids.
public struct Embedding: Module {
  /// [ids, D].
  public var table: Tensor

  /// The given table.
  public init(table: Tensor) {
    require(table.rank == 2, "Embedding: a table of shape \(table.shape); expected [ids, D]")
    self.table = table
  }

  /// A table of normal vectors of mean 0.
  ///
  /// - Parameters:
  ///   - standardDeviation: 0.02 unless told, as in GPT-2, so that a head tied to the table starts with small logits.
  public init(
    _ ids: Int, _ width: Int, standardDeviation: Double = 0.02, using generator: inout some RandomNumberGenerator
  ) {
    require(ids > 0 && width > 0, "Embedding: \(ids) ids of width \(width); both must be positive")
    table = Tensor(normal: 0, standardDeviation: standardDeviation, shape: [ids, width], using: &generator)
  }

  /// The vectors of `ids`: [..., D].
  ///
  /// - Precondition: each id is a row of the table.
  public func callAsFunction(_ ids: Indices) -> Tensor { table.gather(ids) }

  /// The inner product of x with every vector, [..., D] to [..., ids]: the table as an output head.
  public func logits(_ x: Tensor) -> Tensor { matmul(x, table, transposeB: true) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("table", &table, .embedding)
  }
}
