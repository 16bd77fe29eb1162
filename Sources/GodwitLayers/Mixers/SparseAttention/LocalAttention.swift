import GodwitTensor

/// Causal softmax attention to the last w positions, its own included.
///
/// The one-sided window of Child, Gray, Radford and Sutskever 2019, "Generating long sequences with sparse transformers",
/// section 4. What a layer sees grows by w - 1 positions with each layer of a model.
///
///     S(t) = { s : t - w < s ≤ t }
///
/// Forms and shapes as in `SparseAttentionMixer`, with N = T w - w (w - 1) / 2 pairs; a step costs 4 B w D operations, the
/// state is 2 B w G K scalars, however long the past.
public struct LocalAttention: SparseAttentionMixer {
  public var projections: HeadProjections
  public let rotaryBase: Double?
  /// w.
  public let window: Int

  /// The window of the mixers that have one.
  static let windowSetting = MixerSetting(
    "window", "how many of the last positions are seen, the own included", standard: 128, range: 1...65_536)

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
    window = options[whole: Self.windowSetting]
  }

  public static var name: String { "local" }
  public static var summary: String { "softmax attention to a window of the last positions" }
  public static var settings: [MixerSetting] { [windowSetting] }
  public static var stateGrows: Bool { false }

  public var pattern: AttentionPattern { .local(window: window) }

  public func initialState(batch: Int) -> WindowCache {
    WindowCache(
      batch: batch, heads: projections.keyHeads, width: projections.headWidth, window: window,
      dtype: projections.dtype)
  }
}
