import GodwitTensor

/// Causal softmax attention to the last w positions and to the first g, the global ones.
///
/// Beltagy, Peters and Cohan 2020, "Longformer: The long-document transformer", section 3.1, with one set of projections
/// for both kinds of positions. Of a causal sequence the global positions see their own past only.
///
///     S(t) = { s ≤ t : t - s < w or s < g }
///
/// Forms and shapes as in `SparseAttentionMixer`, with at most T (w + g) pairs; a step costs 4 B (w + g) D operations, the
/// state is 2 B (w + g) G K scalars, however long the past.
public struct Longformer: SparseAttentionMixer {
  public var projections: HeadProjections
  public let rotaryBase: Double?
  /// w.
  public let window: Int
  /// g.
  public let globals: Int

  private static let globalsSetting = MixerSetting(
    "globals", "how many of the first positions all see", standard: 4, range: 0...65_536)

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
    window = options[whole: LocalAttention.windowSetting]
    globals = options[whole: Self.globalsSetting]
  }

  public static var name: String { "longformer" }
  public static var summary: String { "softmax attention to a window of the last positions and to the first ones" }
  public static var settings: [MixerSetting] { [LocalAttention.windowSetting, globalsSetting] }
  public static var stateGrows: Bool { false }

  public var pattern: AttentionPattern { .localAndGlobal(window: window, globals: globals) }

  public func initialState(batch: Int) -> WindowCache {
    WindowCache(
      batch: batch, heads: projections.keyHeads, width: projections.headWidth, window: window, leading: globals,
      dtype: projections.dtype)
  }
}
