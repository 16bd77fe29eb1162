/// Architectures that others are compared with, by name (as the baselines of Hua et al. 2022, "Transformer quality in
/// linear time", section 4, are built up). The attention of the first three is exact and keeps a key–value cache.
public enum LanguageModelPreset: String, Sendable, Hashable, Codable, CaseIterable {
  /// Post-norm, learned positions, GELU: Vaswani et al. 2017, with the learned positions of its section 3.5.
  case transformer
  /// Pre-norm and rotary positions.
  case transformerPlus = "transformer+"
  /// Also a gated feed-forward layer.
  case transformerPlusPlus = "transformer++"
  /// FLASH layers in place of attention and feed-forward layers, twice as many, with one length for each norm.
  case flash

  /// What it is, in one line.
  public var summary: String {
    switch self {
    case .transformer: "softmax attention, post-norm, learned positions, GELU"
    case .transformerPlus: "softmax attention, pre-norm, rotary positions, GELU"
    case .transformerPlusPlus: "softmax attention, pre-norm, rotary positions, SwiGLU"
    case .flash: "FLASH, pre-norm, rotary positions, twice as many blocks without feed-forward layers"
    }
  }
}

extension LanguageModelConfiguration {
  /// The architecture of a preset. A chunk of FLASH is a quarter of the context, between 16 and 256 positions: in a chunk
  /// as long as the context there would be nothing before it to read.
  ///
  /// - Parameters:
  ///   - depth: the number of blocks that have an attention and a feed-forward layer; FLASH has two blocks for each, which
  ///     have about as many parameters.
  public init(_ preset: LanguageModelPreset, width: Int = 256, depth: Int = 4, heads: Int = 4, context: Int = 256) {
    switch preset {
    case .transformer:
      self.init(
        mixer: "softmax", width: width, depth: depth, heads: heads, context: context, normPlacement: .post,
        positions: .learned)
    case .transformerPlus:
      self.init(mixer: "softmax", width: width, depth: depth, heads: heads, context: context)
    case .transformerPlusPlus:
      self.init(mixer: "softmax", width: width, depth: depth, heads: heads, context: context, feedForward: .swiglu)
    case .flash:
      let chunk = min(max(context / 4, 16), 256)
      self.init(
        mixer: "flash:chunk=\(chunk)", width: width, depth: 2 * depth, heads: heads, context: context,
        norm: .scale)
    }
  }
}
