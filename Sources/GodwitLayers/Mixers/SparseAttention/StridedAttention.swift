import GodwitTensor

/// Causal softmax attention to the last l positions and to every l-th before them.
///
/// Child, Gray, Radford and Sutskever 2019, "Generating long sequences with sparse transformers", section 4.2. There the
/// two sets belong to different heads; here each head sees both, in one softmax.
///
///     S(t) = { s ≤ t : t - s < l or t - s a multiple of l }
///
/// Any position reaches any later one in two layers. Forms and shapes as in `SparseAttentionMixer`, with about
/// T l + T² / (2 l) pairs: 3/2 T √T where l = √T. A step after P positions costs 4 B (l + P / l) D operations, the state
/// is 2 B P G K scalars.
public struct StridedAttention: SparseAttentionMixer {
  public var projections: HeadProjections
  public let rotaryBase: Double?
  /// l.
  public let stride: Int

  private static let strideSetting = MixerSetting(
    "stride", "how many of the last positions are seen, and the distance of those before", standard: 128,
    range: 1...65_536)

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
    stride = options[whole: Self.strideSetting]
  }

  public static var name: String { "strided" }
  public static var summary: String { "softmax attention to the last positions and to every so-manieth before them" }
  public static var settings: [MixerSetting] { [strideSetting] }
  public static var stateGrows: Bool { true }

  public var pattern: AttentionPattern { .strided(stride, window: stride) }

  public func initialState(batch: Int) -> KeyValueCache {
    KeyValueCache(
      batch: batch, heads: projections.keyHeads, width: projections.headWidth, dtype: projections.dtype)
  }
}
