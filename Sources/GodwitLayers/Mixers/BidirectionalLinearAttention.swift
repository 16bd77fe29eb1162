import GodwitTensor

/// Linear attention in which every position looks at all others, future ones included (Katharopoulos et al. 2020, equations
/// 4 to 6; rotary positions as in Su et al. 2021, "RoFormer", equation 19).
///
///     yₜ = (Σₛ φ(kₛ) vₛᵀ)ᵀ φ(qₜ) / (φ(qₜ) · Σₛ φ(kₛ) + ε)       φ(x) = elu(x) + 1, for each head
///
/// There is no recurrent form. Shapes as in `LinearAttention`; 4 B T D K operations beside the projections.
public struct BidirectionalLinearAttention: SequenceLayer {
  /// The dense layers.
  public var projections: HeadProjections
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `LinearAttention.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = LinearAttention.problem(with: options) { fatalError("BidirectionalLinearAttention: \(problem)") }
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard let rotaryBase else {
      let packed = projections.queryKeyValue(x)
      let epsilon = LinearAttention.epsilon
      return projections.merged(
        linearAttention(packed: packed, heads: projections.queryHeads, causal: false, epsilon: epsilon).output)
    }
    let heads = projections.separated(x)
    let (query, key) = (eluPlusOne(heads.query), eluPlusOne(heads.key))
    let output = linearAttention(
      rotary(query, base: rotaryBase), rotary(key, base: rotaryBase), heads.value, featureMap: .identity,
      normalized: false, causal: false
    ).output
    let divisor = (query * key.sum(along: 1, keepingAxis: true)).sum(along: 3, keepingAxis: true)
    return projections.merged(output / (divisor + LinearAttention.epsilon))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
}
