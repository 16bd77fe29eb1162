import GodwitKernels
import GodwitTensor

/// Several vectors from one, each by a scale and an offset for every channel: what makes the queries and keys of a gated
/// attention unit out of one shared projection (Hua et al. 2022, "Transformer quality in linear time", section 2.2).
///
/// y[m] = γ[m] ⊙ x + β[m].
public struct AffineHeads: Module {
  /// γ, [M, K].
  public var scale: Tensor
  /// β, [M, K].
  public var offset: Tensor

  /// M vectors of width K; scales about 1 that differ a little, so that queries and keys are not the same, and offsets 0.
  public init(_ count: Int, width: Int, using generator: inout some RandomNumberGenerator) {
    require(count > 0 && width > 0, "AffineHeads: \(count) vectors of width \(width); both must be positive")
    scale = Tensor(normal: 1, standardDeviation: 0.02, shape: [count, width], using: &generator)
    offset = Tensor(zeros: [count, width])
  }

  /// The vectors of mixed chunk attention: queries and keys within chunks, then queries and keys between them.
  ///
  /// The latter start at K^(-1/4), so that their products are divided by √K as those of softmax attention are; squares within
  /// a chunk are divided by K. On normal inputs (K = 128, chunks of 64) the chunk then begins two to three times as loud as the
  /// sums; at 1 the sums would begin four to five times as loud as the chunk.
  init(mixedChunksOf headWidth: Int, heads: Int = 1, using generator: inout some RandomNumberGenerator) {
    self.init(4, width: heads * headWidth, using: &generator)
    let start = 1 / Double(headWidth).squareRoot().squareRoot()
    scale = scale * Tensor([1, 1, start, start]).reshaped([4, 1])
  }

  /// [..., K] to [..., M, K].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.reshaped(Array(x.shape.dropLast()) + [1, x.shape[x.rank - 1]]) * scale + offset
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("scale", &scale, .scale)
    visitor.visit("offset", &offset, .bias)
  }
}
