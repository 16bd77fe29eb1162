import GodwitTensor

/// Causal softmax attention in which each position keeps the k positions of its largest scores.
///
/// Zhao, Lin, Zhang, Ren, Su and Sun 2019, "Explicit sparse transformer: Concentrated attention through explicit
/// selection", equations 3 to 6; rotary positions as in Su et al. 2021, "RoFormer", equation 34.
///
///     S(t) = { the k positions s ≤ t with the largest qₜ · kₛ }
///     yₜ = Σ_{s ∈ S(t)} exp(qₜ · kₛ / √K) vₛ / Σ_{s ∈ S(t)} exp(qₜ · kₛ / √K)       for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q | [B, T, H, K] | queries, K = D / H |
/// | k, v | [B, T, G, K] | keys and values; each of the G heads serves H / G query heads |
///
/// It concentrates the attention; it is not cheap, since all scores must be known to choose: beside the projections parallel
/// B T² D operations (only the half that is seen) and O(B H T k) memory, the gradient O(B T k D); a chunk of C positions
/// after P others 2 B C P D; a step 2 B P D; state 2 B P G K.
public struct ExplicitSparseAttention: ConfigurableMixer {
  /// The dense layers.
  public var projections: HeadProjections
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?
  /// k.
  public let count: Int

  private static let countSetting = MixerSetting(
    "k", "how many positions each keeps", standard: 8, range: 1...65_536)

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
    count = options[whole: Self.countSetting]
  }

  public static var name: String { "topk" }
  public static var summary: String {
    "softmax attention to the positions of the largest scores; its cost grows with the length"
  }
  public static var settings: [MixerSetting] { [countSetting] }
  public static var supportsRotary: Bool { true }
  public static var stateGrows: Bool { true }

  public func initialState(batch: Int) -> KeyValueCache {
    KeyValueCache(
      batch: batch, heads: projections.keyHeads, width: projections.headWidth, dtype: projections.dtype)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }

  // MARK: Parallel  Y = softmax(Q Kᵀ / √K where it is among the k largest) V

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let (query, key, value) = projections.rotated(x, base: rotaryBase, &context)
    return projections.merged(topKAttention(query, key, value, count: count))
  }

  public func callAsFunction(
    _ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext
  ) -> Tensor { chunk(x, state: &state, context: &context) }

  // MARK: Chunked  the queries of the chunk against the cache, its own keys included

  public func chunk(_ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext) -> Tensor {
    let (query, key, value) = projections.rotated(x, after: state.positions, base: rotaryBase, &context)
    state.append(key, value)
    return projections.merged(state.attend(query, toLargest: count))
  }

  // MARK: Recurrent  the cache grows by (kₜ, vₜ)

  public func step(_ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext) -> Tensor {
    chunk(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
