import GodwitTensor

/// Softmax attention in which every position looks at all others, future ones included (Vaswani et al. 2017, equation 1).
///
///     yₜ = Σₛ exp(qₜ · kₛ / √K) vₛ / Σₛ exp(qₜ · kₛ / √K)       for each head
///
/// There is no recurrent form. Shapes as in `SoftmaxAttention`; 4 B T² D operations beside the projections, O(T) memory.
public struct BidirectionalSoftmaxAttention: SequenceLayer {
  /// The dense layers.
  public var projections: HeadProjections
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: the options have no `problem`.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    guard rotaryBase != nil else {
      let (heads, keyHeads) = (projections.queryHeads, projections.keyHeads)
      return projections.merged(
        softmaxAttention(packed: projections.queryKeyValue(x), heads: heads, keyHeads: keyHeads, causal: false))
    }
    let (query, key, value) = projections.rotated(x, base: rotaryBase, &context)
    return projections.merged(softmaxAttention(query, key, value, causal: false))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
}
