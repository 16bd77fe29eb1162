import GodwitKernels
import GodwitTensor

/// Efficient attention: a softmax over the features of each query and one over the positions of each key feature, in place of
/// the one over their product.
///
/// Shen, Zhang, Zhao, Yi and Li 2021, "Efficient attention: Attention with linear complexities", equation 3 with the softmax
/// normalisation of section 3.2; the gathering and distribution of A²-Nets (Chen et al. 2018, equation 6) is the same.
///
///     Y = softmax_features(Q) (softmax_positions(K)ᵀ V)       for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | Q, K, V | [T, K] | a head's queries, keys and values, K = D / H |
///
/// The implicit matrix softmax(Q) softmax(K)ᵀ has no negative entry, and its rows sum to 1, without a divisor. It is not causal:
/// the softmax over positions looks at the whole sequence, and there is no recurrent form.
///
/// Costs beside the projections: 4 B T D K operations, O(T) memory.
public struct EfficientAttention: SequenceLayer {
  /// The dense layers.
  public var projections: HeadProjections

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `LinearAttention.problem(with: options)` is nil, and the options ask for no rotary positions: the layer
  ///   has no product of a query and a key to turn.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = LinearAttention.problem(with: options) { fatalError("EfficientAttention: \(problem)") }
    require(!options.rotary, "EfficientAttention: rotary positions are asked for; it can carry none")
    projections = HeadProjections(options, using: &generator)
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let heads = projections.separated(x)
    let (query, key) = Self.features(heads.query, heads.key)
    return projections.merged(AssociationOrder.stateFirst.product(query, key, heads.value))
  }

  /// The features whose products are the implicit weights, [B, T, H, K] both.
  static func features(_ query: Tensor, _ key: Tensor) -> (query: Tensor, key: Tensor) {
    (softmax(query), softmax(key.transposed([0, 2, 3, 1])).transposed([0, 3, 1, 2]))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
}
