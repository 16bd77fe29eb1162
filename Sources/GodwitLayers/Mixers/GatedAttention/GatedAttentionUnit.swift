import GodwitTensor

/// Causal gated attention: one head of attention between a gate and its output, in the place of an attention and a
/// feed-forward layer both. It is exact and its cost grows with the square of the length; `FLASH` is its linear form.
///
/// Hua, Dai, Liu and Le 2022, "Transformer quality in linear time", equations 2 to 8; rotary positions as in Su et al.
/// 2021, "RoFormer", equation 34.
///
///     U, V = silu(x Wᵤ), silu(x Wᵥ),   q, k = γ ⊙ silu(x W_z) + β
///     y[t] = (U[t] ⊙ Σ_{s ≤ t} relu(q[t] · k[s])² V[s] / ((t + 1) K)) Wₒ
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | U, V | [B, T, E] | gates and values, E = 2 D unless told |
/// | q, k | [B, T, K] | queries and keys, K = 128 unless told |
///
/// A position's weights are divided by the number of positions that it sees, not by the length of the sequence, so that
/// all forms agree at every length. Instead of the squares the weights can be softmax(q · k / √K), whose sum is 1.
///
/// There are two forms beside the steps: all positions at once, and a run of positions against the cache; the squares of
/// scores do not become a sum of constant size. Costs beside the projections: parallel B T² (K + E) operations and O(T)
/// memory; a chunk of C positions after P others 2 B C P (K + E); a step 2 B P (K + E); state B P (K + E).
public struct GatedAttentionUnit: ConfigurableMixer {
  /// The dense layers.
  public var projections: GatedProjections
  /// Whether the weights are a softmax instead of squares.
  public let usesSoftmax: Bool

  private static let softmax = MixerSetting(
    "softmax", "1: weights by softmax; 0: by squares of what is positive", standard: 0, range: 0...1)

  /// A unit with random parameters.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("GatedAttentionUnit: \(problem)") }
    projections = GatedProjections(options, mixedChunks: false, using: &generator)
    usesSoftmax = options[whole: Self.softmax] == 1
  }

  public static var name: String { "gau" }
  public static var summary: String { "gated attention unit: exact, and does the feed-forward layer's work too" }
  public static var settings: [MixerSetting] { [GatedProjections.expansion, GatedProjections.keyWidth, softmax] }
  public static var supportsRotary: Bool { true }
  public static var replacesFeedForward: Bool { true }
  public static var stateGrows: Bool { true }
  public static func problem(with options: MixerOptions) -> MixerError? {
    GatedProjections.problem(with: options, mixer: name)
  }

  public func initialState(batch: Int) -> KeyValueCache {
    KeyValueCache(
      batch: batch, heads: 1, width: projections.keyWidth, valueWidth: projections.valueWidth, dtype: projections.dtype)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }

  // MARK: Parallel  Y = (U ⊙ A V) Wₒ

  public func callAsFunction(
    _ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext
  ) -> Tensor { chunk(x, state: &state, context: &context) }

  // MARK: Chunked  the queries of the chunk against the cache, its own keys included

  public func chunk(_ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext) -> Tensor {
    let (query, key) = projections.queryAndKey(x, after: state.positions, &context)
    let (gate, value) = projections.gateAndValue(x)
    state.append(key, value)
    return projections.output(gate * attended(query, state))
  }

  // MARK: Recurrent  the cache grows by (kₜ, vₜ)

  public func step(_ x: Tensor, state: inout KeyValueCache, context: inout ForwardContext) -> Tensor {
    chunk(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }

  /// A V, [B, C, E].
  private func attended(_ query: Tensor, _ cache: KeyValueCache) -> Tensor {
    if !usesSoftmax { return cache.attendBySquares(query) }
    return cache.attend(query).reshaped([query.shape[0], query.shape[1], projections.valueWidth])
  }
}

/// Gated attention in which every position looks at all others, future ones included: the quadratic form of FLASH
/// (Hua et al. 2022, "FLASH-Quad").
///
/// As `GatedAttentionUnit`, but the weights are relu(q · k)² / (T K) or a softmax over all T positions. There is no
/// recurrent form. 2 B T² (K + E) operations beside the projections, O(T) memory.
public struct BidirectionalGatedAttentionUnit: SequenceLayer {
  /// The dense layers.
  public var projections: GatedProjections
  /// Whether the weights are a softmax instead of squares.
  public let usesSoftmax: Bool

  /// A unit with random parameters.
  ///
  /// - Precondition: `GatedAttentionUnit.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    let unit = GatedAttentionUnit(options, using: &generator)
    (projections, usesSoftmax) = (unit.projections, unit.usesSoftmax)
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let (batch, length) = (x.shape[0], x.shape[1])
    let (query, key) = projections.queryAndKey(x, after: nil, &context)
    let (gate, value) = projections.gateAndValue(x)
    func flat(_ x: Tensor) -> Tensor { x.reshaped([batch, length, x.shape[3]]) }
    let attended =
      usesSoftmax
      ? softmaxAttention(query, key, value, causal: false).reshaped([batch, length, projections.valueWidth])
      : squaredReluAttention(flat(query), flat(key), flat(value), causal: false)
    return projections.output(gate * attended)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
}

extension GatedProjections {
  /// q and k, [B, T, 1, K].
  fileprivate func queryAndKey(
    _ x: Tensor, after positions: Positions?, _ context: inout ForwardContext
  ) -> (query: Tensor, key: Tensor) {
    let parts = queriesAndKeys(x, after: positions, &context).split([1, 1], along: 2)
    return (parts[0], parts[1])
  }

  /// U [B, T, E] and V [B, T, 1, E].
  fileprivate func gateAndValue(_ x: Tensor) -> (gate: Tensor, value: Tensor) {
    let parts = gatesAndValues(x).split([1, 1], along: 2)
    let shape: Shape = [x.shape[0], x.shape[1], valueWidth]
    return (parts[0].reshaped(shape), parts[1].reshaped([x.shape[0], x.shape[1], 1, valueWidth]))
  }
}
