import GodwitTensor

/// Causal FLASH: a gated attention unit with squared attention within chunks and linear attention between them, in the
/// place of an attention and a feed-forward layer both.
///
/// Hua, Dai, Liu and Le 2022, "Transformer quality in linear time", sections 3.2 and 3.3; rotary positions as in Su et al.
/// 2021, "RoFormer", equation 34.
///
///     U, V = silu(x Wᵤ), silu(x Wᵥ),   q, k, q̃, k̃ = γ ⊙ silu(x W_z) + β
///     y[t] = (U[t] ⊙ (Σ relu(q[t] · k[s])² V[s] / (c K) + (Σ k̃[s] V[s]ᵀ / (g c))ᵀ q̃[t])) Wₒ
///
/// The first sum goes over s ≤ t in the chunk g of t, the second over all s in the chunks before; it is nothing for g = 0.
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | U, V | [B, T, E] | gates and values, E = 2 D unless told |
/// | q, k | [B, T, K] | queries and keys within a chunk, K = 128 unless told |
/// | q̃, k̃ | [B, T, K] | queries and keys between chunks |
/// | c | | positions in a chunk, 256 unless told |
///
/// Neither divisor depends on the length of the sequence, so all forms agree at every length. (The paper's appendix
/// divides by the length squared within a chunk, and by the length between chunks.)
///
/// Costs beside the projections: parallel and chunked B T (c (K + E) + 4 K E) operations, memory K E for each chunk; a
/// step 2 B (c + K) (K + E); state B (K E + c (2 K + E)) scalars, however long the past.
public struct FLASH: ConfigurableMixer {
  /// The dense layers.
  public var projections: GatedProjections
  /// c.
  public let chunk: Int
  /// Whether a position attends to its chunk.
  public let local: Bool
  /// Whether it reads the sums over the chunks before.
  public let global: Bool

  static let chunkSetting = MixerSetting("chunk", "positions in a chunk", standard: 256, range: 1...65_536)
  static let localSetting = MixerSetting("local", "0: without attention within chunks", standard: 1, range: 0...1)
  static let globalSetting = MixerSetting("global", "0: without attention between chunks", standard: 1, range: 0...1)

  /// A layer with random parameters.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("FLASH: \(problem)") }
    projections = GatedProjections(options, mixedChunks: true, using: &generator)
    chunk = options[whole: Self.chunkSetting]
    local = options[whole: Self.localSetting] == 1
    global = options[whole: Self.globalSetting] == 1
  }

  public static var name: String { "flash" }
  public static var summary: String {
    "FLASH: gated, squared attention within chunks, linear between them; does the feed-forward layer's work too"
  }
  public static var settings: [MixerSetting] {
    [GatedProjections.expansion, GatedProjections.keyWidth, chunkSetting, localSetting, globalSetting]
  }
  public static var supportsRotary: Bool { true }
  public static var replacesFeedForward: Bool { true }
  public static var stateGrows: Bool { false }
  public static func problem(with options: MixerOptions) -> MixerError? {
    GatedProjections.problem(with: options, mixer: name)
  }

  public func initialState(batch: Int) -> MixedChunkState {
    MixedChunkState(
      batch: batch, heads: 1, keyWidth: projections.keyWidth, valueWidth: projections.valueWidth, chunk: chunk,
      dtype: projections.dtype)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }

  // MARK: Parallel  chunk by chunk, all chunks at once

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let (output, _) = mixedChunkAttention(
      queriesAndKeys(x, after: nil, &context), values: projections.gatesAndValues(x), chunk: chunk, local: local,
      global: global)
    return merged(output)
  }

  public func callAsFunction(
    _ x: Tensor, state: inout MixedChunkState, context: inout ForwardContext
  ) -> Tensor {
    let rows = queriesAndKeys(x, after: state.positions, &context)
    return merged(state.attend(rows, values: projections.gatesAndValues(x), local: local, global: global))
  }

  // MARK: Chunked  the parallel form from the state, which it is made of

  public func chunk(_ x: Tensor, state: inout MixedChunkState, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  against the keys of the chunk and the sum over those before

  public func step(_ x: Tensor, state: inout MixedChunkState, context: inout ForwardContext) -> Tensor {
    let x = x.reshaped([x.shape[0], 1, x.shape[1]])
    let rows = queriesAndKeys(x, after: state.positions, &context)
    let y = state.step(rows, values: projections.gatesAndValues(x), local: local, global: global)
    return merged(y).reshaped([x.shape[0], x.shape[2]])
  }

  /// [B, T, 4, 1, K].
  private func queriesAndKeys(
    _ x: Tensor, after positions: Positions?, _ context: inout ForwardContext
  ) -> Tensor {
    let rows = projections.queriesAndKeys(x, after: positions, &context)
    return rows.reshaped([x.shape[0], x.shape[1], 4, 1, projections.keyWidth])
  }

  private func merged(_ y: Tensor) -> Tensor {
    projections.output(y.reshaped([y.shape[0], y.shape[1], projections.valueWidth]))
  }
}

/// FLASH in which every position looks at its whole chunk and at the whole sequence, future positions included.
///
/// As `FLASH`, with all s of the chunk in the first sum and the mean over all T positions, those of the own chunk included,
/// in the second (Hua et al. 2022, section 3.2). There is no recurrent form; 2 B T (c (K + E) + 2 K E) operations beside
/// the projections.
public struct BidirectionalFLASH: SequenceLayer {
  /// The dense layers.
  public var projections: GatedProjections
  /// c.
  public let chunk: Int
  /// Whether a position attends to its chunk.
  public let local: Bool
  /// Whether it reads the mean over the sequence.
  public let global: Bool

  /// A layer with random parameters.
  ///
  /// - Precondition: `FLASH.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    let causal = FLASH(options, using: &generator)
    (projections, chunk, local, global) = (causal.projections, causal.chunk, causal.local, causal.global)
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let rows = projections.queriesAndKeys(x, after: nil, &context)
    let y = bidirectionalMixedChunkAttention(
      rows.reshaped([x.shape[0], x.shape[1], 4, 1, projections.keyWidth]), values: projections.gatesAndValues(x),
      chunk: chunk, local: local, global: global)
    return projections.output(y.reshaped([x.shape[0], x.shape[1], projections.valueWidth]))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
}
