import GodwitLayers

/// The architecture of a byte-level language model.
public struct LanguageModelConfiguration: Sendable, Hashable, Codable {
  /// The name of the sequence mixer, one of `MixerKind.names`, with settings behind it if wanted: `local:window=64`. Several
  /// names, parted by commas, are those of the first blocks and repeat over the depth: `linear,linear,softmax`.
  public var mixer: String
  /// D, the width of the residual stream.
  public var width: Int
  /// The number of blocks.
  public var depth: Int
  /// H, the number of heads of a mixer.
  public var heads: Int
  /// G, the number of heads of keys and values, which divides H; H if nil.
  public var keyHeads: Int?
  /// The number of bytes that a training sequence has, and with learned positions the most that a model can read.
  public var context: Int
  /// The layer after each mixer; by itself none where the mixers do its work too. Where only some of the mixers do, it stands
  /// after the others.
  public var feedForward: ChannelMixer.Kind
  /// F, the width inside that layer; what suits it if nil.
  public var hidden: Int?
  /// The normalisation of each layer and, if it stands before them, of what the head reads.
  public var norm: Normalization.Kind
  /// ε of the normalisations; what is usual for each if nil.
  public var normEpsilon: Double?
  /// Whether the vectors of the bytes are normalised before the first block, as RWKV has it; not if nil.
  public var embeddingNorm: Bool?
  /// Where the normalisations stand.
  public var normPlacement: NormPlacement
  /// How the model knows where a byte stands.
  public var positions: PositionEncoding
  /// Whether the head is the table of the bytes' vectors.
  public var tiedHead: Bool
  /// The probability with which training drops an element of what a layer adds.
  public var dropout: Double
  /// Whether dense layers have a bias.
  public var bias: Bool

  /// An architecture; a small one unless told.
  ///
  /// - Parameters:
  ///   - feedForward: if nil, what belongs to the mixer: GELU, RWKV's own, or none where the mixer does its work too.
  ///   - positions: if nil, rotary where the mixer supports them, otherwise none: both let a model go beyond the context
  ///     that it was trained with, as far as its mixers do, and so generate without end. Learned positions do not.
  public init(
    mixer: String = "linear", width: Int = 256, depth: Int = 4, heads: Int = 4, keyHeads: Int? = nil,
    context: Int = 256,
    feedForward: ChannelMixer.Kind? = nil, hidden: Int? = nil, norm: Normalization.Kind = .layer,
    normPlacement: NormPlacement = .pre,
    positions: PositionEncoding? = nil, tiedHead: Bool = false, dropout: Double = 0, bias: Bool = true
  ) {
    self.mixer = mixer
    self.width = width
    self.depth = depth
    self.heads = heads
    self.keyHeads = keyHeads
    self.context = context
    let mixers = try? MixerPattern(named: mixer)
    self.feedForward = feedForward ?? mixers?.feedForward ?? .gelu
    self.hidden = hidden
    self.norm = norm
    embeddingNorm = mixers?.feedForward == .rwkv ? true : nil
    self.normPlacement = normPlacement
    self.positions = positions ?? (mixers?.supportsRotary == true ? .rotary : .none)
    self.tiedHead = tiedHead
    self.dropout = dropout
    self.bias = bias
  }

  /// The number of different bytes.
  public static let vocabulary = 256

  /// The length of the sequences that the model can read, or nil if there is no limit.
  public var maximumLength: Int? { positions == .learned ? context : nil }

  /// F.
  public var hiddenWidth: Int { hidden ?? feedForward.hidden(width) }

  /// What the model asks of a mixer, with the initialisation of GPT-2: normal weights with deviation 0.02, those that add to
  /// the residual stream divided by √(2 · depth), so that its variance does not grow with the depth (Radford et al. 2019,
  /// section 2.3).
  func options(for kind: MixerKind, block: Int) -> MixerOptions {
    MixerOptions(
      width: width, heads: heads, keyHeads: keyHeads, rotary: positions == .rotary && kind.supportsRotary, bias: bias,
      standardDeviation: Self.deviation, outputDeviation: outputDeviation, block: block, depth: depth)
  }

  /// The layer over the channels in a block with this mixer.
  func feedForward(after kind: MixerKind) -> ChannelMixer.Kind {
    let areAlike = (try? MixerPattern(named: mixer))?.kinds.allSatisfy {
      $0.replacesFeedForward == kind.replacesFeedForward
    }
    return areAlike != false || !kind.replacesFeedForward ? feedForward : .absent
  }

  /// A normalisation of the stream.
  func makeNorm() -> Normalization { Normalization(norm, width: width, epsilon: normEpsilon) }

  /// Whether the size of a model's state depends on the length of the text.
  public var stateGrows: Bool { (try? MixerPattern(named: mixer))?.stateGrows ?? true }

  static let deviation = 0.02

  var outputDeviation: Double { Self.deviation / (2 * Double(depth)).squareRoot() }
}
