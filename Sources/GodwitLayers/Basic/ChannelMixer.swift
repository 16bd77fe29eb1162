import GodwitTensor

/// Layers over the channels, by name.
public enum ChannelMixer {
  /// Which layer: its name in configurations.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `FeedForward`.
    case gelu
    /// `GatedFeedForward`.
    case swiglu
    /// `RWKVChannelMix`.
    case rwkv
    /// No layer at all, for blocks whose mixer does its work too.
    case absent = "none"

    /// The hidden width that a layer of this width has unless told otherwise.
    public func hidden(_ width: Int) -> Int {
      switch self {
      case .absent: 0
      case .gelu, .rwkv: 4 * width
      case .swiglu: GatedFeedForward.hidden(width)
      }
    }

    /// A layer with the parameters of `FeedForward` and `GatedFeedForward`, in a block of those there are; nil if there is to be none.
    ///
    /// It is a sequence mixer, as a layer over the channels may look at the past too.
    public func make(
      width: Int, hidden: Int? = nil, bias: Bool = true, standardDeviation: Double? = nil,
      outputDeviation: Double? = nil, block: Int = 0, depth: Int = 1,
      using generator: inout some RandomNumberGenerator
    ) -> AnyMixer? {
      switch self {
      case .absent: nil
      case .gelu:
        AnyMixer(
          FeedForward(
            width, hidden: hidden, bias: bias, standardDeviation: standardDeviation, outputDeviation: outputDeviation,
            using: &generator))
      case .rwkv:
        AnyMixer(
          RWKVChannelMix(
            MixerOptions(
              width: width, standardDeviation: standardDeviation, outputDeviation: outputDeviation, block: block,
              depth: depth), hidden: hidden, using: &generator))
      case .swiglu:
        AnyMixer(
          GatedFeedForward(
            width, hidden: hidden, bias: bias, standardDeviation: standardDeviation, outputDeviation: outputDeviation,
            using: &generator))
      }
    }
  }
}
