import GodwitTensor

/// Causal softmax attention by blocks: to the last blocks, to the first ones, and to some that are drawn once.
///
/// Zaheer et al. 2020, "Big Bird: Transformers for longer sequences", section 2, in its causal form: a block of queries
/// sees the last w blocks, its own included, the first g, and r others before it, drawn by the seed and its number alone.
/// Of its own block a position sees the past.
///
/// Forms and shapes as in `SparseAttentionMixer`, with at most T b (w + g + r) pairs for blocks of b positions; a step costs
/// at most 4 B b (w + g + r) D operations. The state is 2 B P G K scalars after P positions, as any block may be drawn.
public struct BigBird: SparseAttentionMixer {
  public var projections: HeadProjections
  public let rotaryBase: Double?
  public let pattern: AttentionPattern

  private static let block = MixerSetting("block", "positions in a block", standard: 64, range: 1...65_536)
  private static let window = MixerSetting(
    "window", "how many of the last blocks are seen, the own included", standard: 3, range: 1...65_536)
  private static let globals = MixerSetting(
    "globals", "how many of the first blocks all see", standard: 1, range: 0...65_536)
  private static let random = MixerSetting(
    "random", "how many other blocks are drawn for each", standard: 2, range: 0...65_536)
  private static let seed = MixerSetting("seed", "which blocks are drawn", standard: 0, range: 0...Int(Int32.max))

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
    pattern = .blocks(
      size: options[whole: Self.block], window: options[whole: Self.window],
      globals: options[whole: Self.globals], random: options[whole: Self.random],
      seed: UInt64(options[whole: Self.seed]))
  }

  public static var name: String { "bigbird" }
  public static var summary: String { "softmax attention to the last blocks, the first ones and some random ones" }
  public static var settings: [MixerSetting] { [block, window, globals, random, seed] }
  public static var stateGrows: Bool { true }

  public func initialState(batch: Int) -> KeyValueCache {
    KeyValueCache(
      batch: batch, heads: projections.keyHeads, width: projections.headWidth, dtype: projections.dtype)
  }
}
