import GodwitKernels
import GodwitTensor

/// Causal softmax attention: every position looks at all positions up to its own. The exact method that the linear ones are
/// measured against; its state grows with the past.
///
/// Vaswani et al. 2017, "Attention is all you need", equation 1; key heads shared by several query heads as in Ainslie et
/// al. 2023, "GQA"; rotary positions as in Su et al. 2021, "RoFormer", equation 34.
///
///     yₜ = Σ_{s ≤ t} exp(qₜ · kₛ / √K) vₛ / Σ_{s ≤ t} exp(qₜ · kₛ / √K)       for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q | [B, T, H, K] | queries, K = D / H |
/// | k, v | [B, T, G, K] | keys and values; each of the G heads serves H / G query heads |
///
/// Costs beside the projections: parallel 2 B T² D operations (only the half that is seen) and O(T) memory; a chunk of C
/// positions after P others 4 B C P D; a step 4 B P D; state 2 B P G K.
public struct SoftmaxAttention: ConfigurableMixer {
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

  public static var name: String { "softmax" }
  public static var summary: String {
    "softmax attention to the whole past, the exact baseline; its cost grows with the length"
  }
  public static var supportsRotary: Bool { true }
  public static var stateGrows: Bool { true }

  public func initialState(batch: Int) -> KeyValueCache {
    KeyValueCache(
      batch: batch, heads: projections.keyHeads, width: projections.headWidth, dtype: projections.dtype)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }

  // MARK: Parallel  Y = softmax(Q Kᵀ / √K + mask) V

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    if rotaryBase == nil {
      let (heads, keyHeads) = (projections.queryHeads, projections.keyHeads)
      return projections.merged(
        softmaxAttention(packed: projections.queryKeyValue(x), heads: heads, keyHeads: keyHeads))
    }
    let (query, key, value) = projections.rotated(x, base: rotaryBase, &context)
    return projections.merged(softmaxAttention(query, key, value))
  }

  public func callAsFunction(
    _ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext
  ) -> Tensor {
    if state.length > 0 { return chunk(x, state: &state, context: &context) }
    let (query, key, value) = projections.rotated(x, base: rotaryBase, &context)
    state.append(key, value)
    return projections.merged(softmaxAttention(query, key, value))
  }

  // MARK: Chunked  the queries of the chunk against the cache, its own keys included

  public func chunk(_ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext) -> Tensor {
    let (query, key, value) = projections.rotated(x, after: state.positions, base: rotaryBase, &context)
    state.append(key, value)
    return projections.merged(state.attend(query))
  }

  // MARK: Recurrent  the cache grows by (kₜ, vₜ)

  public func step(_ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext) -> Tensor {
    chunk(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
