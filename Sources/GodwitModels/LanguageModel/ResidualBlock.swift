import GodwitLayers
import GodwitTensor

/// One block of a language model: a mixer over the positions, then a layer over the channels, each on the normalised
/// stream and added to it (Xiong et al. 2020, "On layer normalization in the Transformer architecture", pre-LN).
///
///     x ← x + dropout(mixer(norm(x))),   x ← x + dropout(feedForward(norm(x)))
public struct ResidualBlock: Module {
  /// The normalisation before the mixer.
  public var mixerNorm: Normalization
  /// The layer over the positions.
  public var mixer: AnyMixer
  /// The normalisation before the layer over the channels.
  public var feedForwardNorm: Normalization
  /// The layer over the channels.
  public var feedForward: ChannelMixer
  /// What training drops of that which both layers add.
  public var dropout: Dropout

  init(
    _ configuration: LanguageModelConfiguration, using generator: inout some RandomNumberGenerator
  ) throws(MixerError) {
    let width = configuration.width
    mixerNorm = Normalization(configuration.norm, width: width)
    mixer = try MixerKind(named: configuration.mixer).make(configuration.mixerOptions, using: &generator)
    feedForwardNorm = Normalization(configuration.norm, width: width)
    feedForward = ChannelMixer(
      configuration.feedForward, width: width, hidden: configuration.hiddenWidth, bias: configuration.bias,
      standardDeviation: LanguageModelConfiguration.deviation, outputDeviation: configuration.outputDeviation,
      using: &generator)
    dropout = Dropout(configuration.dropout)
  }

  /// x after the block; `mix` is one of the mixer's forms.
  func callAsFunction(_ x: Tensor, context: inout ForwardContext, mix: (AnyMixer, Tensor) -> Tensor) -> Tensor {
    let x = x + dropout(mix(mixer, mixerNorm(x)), context: &context)
    return x + dropout(feedForward(feedForwardNorm(x)), context: &context)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("mixerNorm", &mixerNorm)
    visitor.visit("mixer", &mixer)
    visitor.visit("feedForwardNorm", &feedForwardNorm)
    visitor.visit("feedForward", &feedForward)
  }
}
