import GodwitTensor

/// A causal softmax attention that sees the positions of a pattern: the dense layers around it, and its three forms.
///
/// Rotary positions as in Su et al. 2021, "RoFormer", equation 34.
///
///     yₜ = Σ_{s ∈ S(t)} exp(qₜ · kₛ / √K) vₛ / Σ_{s ∈ S(t)} exp(qₜ · kₛ / √K)       for each head, S(t) by the pattern
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q | [B, T, H, K] | queries, K = D / H |
/// | k, v | [B, T, G, K] | keys and values; each of the G heads serves H / G query heads |
///
/// Costs beside the projections, for N pairs of a query and a key that it sees: parallel and chunked 4 B N D operations and
/// O(T D) memory; a step the part of its own query.
public protocol SparseAttentionMixer: ConfigurableMixer where State: SparseAttentionState {
  /// The dense layers.
  var projections: HeadProjections { get set }
  /// The base of the rotary frequencies; no rotary positions if nil.
  var rotaryBase: Double? { get }
  /// Which positions a position sees.
  var pattern: AttentionPattern { get }
}

/// What a sparse attention keeps of the past.
public protocol SparseAttentionState: SequenceState {
  /// How many positions each sequence has had.
  var positions: Positions { get }

  /// Takes in the keys [B, C, G, K] and values of the next C positions, and gives the attention of their queries
  /// [B, C, H, K] to the positions of the pattern.
  mutating func attend(_ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern) -> Tensor
}

extension SparseAttentionMixer {
  public static var supportsRotary: Bool { true }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }

  // MARK: Parallel  Y = softmax(Q Kᵀ / √K under the mask) V, tile by tile

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    if rotaryBase == nil {
      let (heads, keyHeads) = (projections.queryHeads, projections.keyHeads)
      return projections.merged(
        sparseAttention(packed: projections.queryKeyValue(x), heads: heads, keyHeads: keyHeads, pattern: pattern))
    }
    let (query, key, value) = projections.rotated(x, base: rotaryBase, &context)
    return projections.merged(sparseAttention(query, key, value, pattern: pattern))
  }

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    chunk(x, state: &state, context: &context)
  }

  // MARK: Chunked  the queries of the chunk against what the state keeps, and their own keys

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let (query, key, value) = projections.rotated(x, after: state.positions, base: rotaryBase, &context)
    return projections.merged(state.attend(query, key, value, pattern: pattern))
  }

  // MARK: Recurrent  a chunk of one position

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    chunk(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
