import GodwitTensor

/// Mixed chunk attention in an ordinary Transformer: in each head squared attention within chunks and linear attention
/// between them, without a gate ("MC-TFM").
///
/// Hua, Dai, Liu and Le 2022, "Transformer quality in linear time", sections 3.2 and 4.4; rotary positions as in Su et al.
/// 2021, "RoFormer", equation 34.
///
///     q, k = γ ⊙ x W_q + β, γ ⊙ x W_k + β   and likewise q̃, k̃ with γ̃, β̃, for each head
///     y[t] = Σ relu(q[t] · k[s])² v[s] / (c K) + (Σ k̃[s] v[s]ᵀ / (g c))ᵀ q̃[t]
///
/// The first sum goes over s ≤ t in the chunk g of t, the second over all s in the chunks before; it is nothing for g = 0.
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q, k, q̃, k̃, v | [B, T, H, K] | queries, keys and values, K = D / H |
/// | c | | positions in a chunk, 256 unless told |
///
/// Costs beside the projections: parallel and chunked B T D (2 c + 4 K) operations, memory D K for each chunk; a step
/// 4 B D (c + K); state B D (K + 3 c) scalars, however long the past.
public struct MixedChunkAttention: ConfigurableMixer {
  /// The dense layers.
  public var projections: HeadProjections
  /// γ and β of local queries, local keys, global queries and global keys.
  public var heads: AffineHeads
  /// c.
  public let chunk: Int
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// A layer with random parameters.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("MixedChunkAttention: \(problem)") }
    // As in `GatedProjections`: squares of small scores would be nothing.
    var own = options
    own.standardDeviation = nil
    projections = HeadProjections(own, using: &generator)
    heads = AffineHeads(mixedChunksOf: projections.headWidth, heads: options.heads, using: &generator)
    chunk = options[whole: FLASH.chunkSetting]
    rotaryBase = options.rotaryBase
  }

  public static var name: String { "mixed-chunk" }
  public static var summary: String { "FLASH's mixed chunk attention in several heads, without its gate" }
  public static var settings: [MixerSetting] { [FLASH.chunkSetting] }
  public static var supportsRotary: Bool { true }
  public static var stateGrows: Bool { false }

  public static func problem(with options: MixerOptions) -> MixerError? {
    if options.keyHeads != options.heads {
      return .impossible(
        "keyHeads", found: options.keyHeads,
        expected: "\(options.heads), as each head of the mixer \(name) has keys and values of its own")
    }
    return options.problem
  }

  public func initialState(batch: Int) -> MixedChunkState {
    let width = projections.headWidth
    return MixedChunkState(
      batch: batch, heads: projections.queryHeads, keyWidth: width, valueWidth: width, chunk: chunk,
      dtype: projections.dtype)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    projections.visit(&visitor)
    visitor.visit("heads", &heads)
  }

  // MARK: Parallel  chunk by chunk, all chunks at once

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let (rows, values) = operands(x, after: nil, &context)
    return projections.merged(mixedChunkAttention(rows, values: values, chunk: chunk).output)
  }

  public func callAsFunction(
    _ x: Tensor, state: inout MixedChunkState, context: inout ForwardContext
  ) -> Tensor {
    let (rows, values) = operands(x, after: state.positions, &context)
    return projections.merged(state.attend(rows, values: values, local: true, global: true))
  }

  // MARK: Chunked  the parallel form from the state, which it is made of

  public func chunk(_ x: Tensor, state: inout MixedChunkState, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  against the keys of the chunk and the sum over those before

  public func step(_ x: Tensor, state: inout MixedChunkState, context: inout ForwardContext) -> Tensor {
    let (rows, values) = operands(x.reshaped([x.shape[0], 1, x.shape[1]]), after: state.positions, &context)
    return projections.merged(state.step(rows, values: values, local: true, global: true)).reshaped(x.shape)
  }

  /// Queries and keys [B, T, 4, H, K] and values [B, T, 1, H, K].
  private func operands(
    _ x: Tensor, after positions: Positions?, _ context: inout ForwardContext
  ) -> (queriesAndKeys: Tensor, values: Tensor) {
    let (batch, length, count) = (x.shape[0], x.shape[1], projections.queryHeads)
    let width = projections.headWidth
    let parts = projections.queryKeyValue(x).split([2 * count * width, count * width], along: 2)
    // Query and key side by side, under two sets of scales and offsets.
    let (scale, offsets) = (heads.scale.reshaped([2, -1]), heads.offset.reshaped([2, -1]))
    var rows = parts[0].reshaped([batch, length, 1, 2 * count * width]) * scale + offsets
    if let table = projections.rotaryTable(x, after: positions, base: rotaryBase, &context) {
      rows = rotary(rows.reshaped([batch, length, 4 * count, width]), table)
    }
    return (
      rows.reshaped([batch, length, 4, count, width]), parts[1].reshaped([batch, length, 1, count, width])
    )
  }
}
