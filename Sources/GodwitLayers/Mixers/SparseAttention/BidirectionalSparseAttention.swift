import GodwitTensor

/// Softmax attention in which every position looks at those of a pattern, future ones included.
///
/// With `AttentionPattern.localAndGlobal` the attention of Longformer with one set of projections (Beltagy, Peters and
/// Cohan 2020), with `AttentionPattern.blocks` that of BigBird (Zaheer et al. 2020). There is no recurrent form. Shapes as
/// in `SparseAttentionMixer`; 4 B N D operations for N pairs, beside the projections.
public struct BidirectionalSparseAttention: SequenceLayer {
  /// The dense layers.
  public var projections: HeadProjections
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?
  /// Which positions a position sees.
  public let pattern: AttentionPattern

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: the options have no `problem`.
  public init(
    _ options: MixerOptions, pattern: AttentionPattern, using generator: inout some RandomNumberGenerator
  ) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
    self.pattern = pattern
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let (query, key, value) = projections.rotated(x, base: rotaryBase, &context)
    return projections.merged(sparseAttention(query, key, value, pattern: pattern))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
}
