import GodwitTensor

/// Random functions of vectors, one for each of R rounds, that give vectors of near directions the same bucket more often than
/// those of far ones.
public protocol LocalitySensitiveHash: Module {
  /// What is drawn: normal vectors as columns, [K, R n] with n for each round. Constants, which no optimiser changes.
  var directions: Tensor { get set }
  /// R.
  var rounds: Int { get }

  /// The bucket of each vector in each round, [..., K] to [..., R]: numbers from 0 on. They have no derivative.
  func callAsFunction(_ x: Tensor) -> Indices
}

extension LocalitySensitiveHash {
  /// K.
  public var width: Int { directions.shape[0] }

  /// Draws other functions, as often as wanted: what was learned holds for all of them.
  public mutating func redraw(using generator: inout some RandomNumberGenerator) {
    directions = Tensor(normal: 0, shape: directions.shape, dtype: directions.dtype, using: &generator)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("directions", &directions, .constant)
  }

  /// The parts of vectors along the directions, [..., K] to [..., R, n].
  func parts(of x: Tensor) -> Tensor {
    let parts = matmul(x.detached, directions.detached)
    return parts.reshaped(Shape(Array(x.shape.dropLast()) + [rounds, directions.shape[1] / rounds]))
  }
}
