import GodwitLayers
import GodwitTensor

/// One block of a language model: a mixer over the positions, then, unless the mixer does its work too, a layer over the
/// channels, both added to the stream (Xiong et al. 2020, "On layer normalization in the Transformer architecture").
///
///     pre-norm    x ← x + dropout(mixer(norm(x))),   x ← x + dropout(feedForward(norm(x)))
///     post-norm   x ← norm(x + dropout(mixer(x))),   x ← norm(x + dropout(feedForward(x)))
public struct ResidualBlock: Module {
  /// The normalisation of the mixer.
  public var mixerNorm: Normalization
  /// The layer over the positions.
  public var mixer: AnyMixer
  /// The normalisation of the layer over the channels, if there is that layer.
  public var feedForwardNorm: Normalization?
  /// The layer over the channels, if there is one.
  public var feedForward: ChannelMixer?
  /// Where the normalisations stand.
  public let normPlacement: NormPlacement
  /// What training drops of that which both layers add.
  public var dropout: Dropout

  init(
    _ configuration: LanguageModelConfiguration, using generator: inout some RandomNumberGenerator
  ) throws(MixerError) {
    let width = configuration.width
    mixerNorm = Normalization(configuration.norm, width: width)
    mixer = try MixerKind(named: configuration.mixer).make(configuration.mixerOptions, using: &generator)
    feedForward = ChannelMixer(
      configuration.feedForward, width: width, hidden: configuration.hiddenWidth, bias: configuration.bias,
      standardDeviation: LanguageModelConfiguration.deviation, outputDeviation: configuration.outputDeviation,
      using: &generator)
    feedForwardNorm = feedForward.map { _ in Normalization(configuration.norm, width: width) }
    normPlacement = configuration.normPlacement
    dropout = Dropout(configuration.dropout)
  }

  /// x after the block; `mix` is one of the mixer's forms.
  package func callAsFunction(_ x: Tensor, context: inout ForwardContext, mix: (AnyMixer, Tensor) -> Tensor) -> Tensor {
    let x = residual(x, mixerNorm, &context) { mix(mixer, $0) }
    guard let feedForward, let feedForwardNorm else { return x }
    return residual(x, feedForwardNorm, &context) { feedForward($0) }
  }

  private func residual(
    _ x: Tensor, _ norm: Normalization, _ context: inout ForwardContext, _ layer: (Tensor) -> Tensor
  ) -> Tensor {
    switch normPlacement {
    case .pre: x + dropout(layer(norm(x)), context: &context)
    case .post: norm(x + dropout(layer(x), context: &context))
    }
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("mixerNorm", &mixerNorm)
    visitor.visit("mixer", &mixer)
    if feedForwardNorm != nil { visitor.visit("feedForwardNorm", &feedForwardNorm!) }
    if feedForward != nil { visitor.visit("feedForward", &feedForward!) }
  }
}
