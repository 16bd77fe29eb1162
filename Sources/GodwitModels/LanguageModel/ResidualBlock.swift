import GodwitLayers
import GodwitTensor

/// One block of a language model: layers that each add to the stream. Usually a mixer over the positions, then, unless the mixer
/// does its work too, a layer over the channels (Xiong et al. 2020, "On layer normalization in the Transformer architecture").
///
///     pre-norm    x ← x + dropout(layer(norm(x)))       for each layer
///     post-norm   x ← norm(x + dropout(layer(x)))
public struct ResidualBlock: SequenceMixer {
  /// The layers, in the order in which they change the stream.
  public var layers: [ResidualLayer]
  /// Where the normalisations stand.
  public let normPlacement: NormPlacement
  /// What training drops of that which the layers add.
  public var dropout: Dropout

  /// A block of the given layers.
  public init(_ layers: [ResidualLayer], normPlacement: NormPlacement = .pre, dropout: Dropout = Dropout(0)) {
    self.layers = layers
    self.normPlacement = normPlacement
    self.dropout = dropout
  }

  init(
    _ configuration: LanguageModelConfiguration, block index: Int, using generator: inout some RandomNumberGenerator
  ) throws(MixerError) {
    let kind = try MixerPattern(named: configuration.mixer)[index]
    func layer(_ name: String, _ layer: AnyMixer) -> ResidualLayer {
      ResidualLayer(name, norm: configuration.makeNorm(), layer)
    }
    layers = [
      layer("mixer", try kind.make(configuration.options(for: kind, block: index), using: &generator))
    ]
    let feedForward = configuration.feedForward(after: kind).make(
      width: configuration.width, hidden: configuration.hidden, bias: configuration.bias,
      standardDeviation: LanguageModelConfiguration.deviation, outputDeviation: configuration.outputDeviation,
      block: index, depth: configuration.depth, using: &generator)
    if let feedForward { layers.append(layer("feedForward", feedForward)) }
    normPlacement = configuration.normPlacement
    dropout = Dropout(configuration.dropout)
  }

  /// True, as it depends on the layers; see the instance's property.
  public static var stateGrows: Bool { true }

  /// Whether the size of the state depends on the length of the past.
  public var stateGrows: Bool { layers.contains(where: \.layer.stateGrows) }

  public func initialState(batch: Int) -> [AnyMixerState] { layers.map { $0.layer.initialState(batch: batch) } }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    residual(x, &context) { layer, _, x, context in layer(x, context: &context) }
  }

  public func callAsFunction(
    _ x: Tensor, state: inout [AnyMixerState], context: inout ForwardContext
  ) -> Tensor {
    residual(x, &context) { layer, index, x, context in layer(x, state: &state[index], context: &context) }
  }

  public func chunk(_ x: Tensor, state: inout [AnyMixerState], context: inout ForwardContext) -> Tensor {
    residual(x, &context) { layer, index, x, context in layer.chunk(x, state: &state[index], context: &context) }
  }

  public func step(_ x: Tensor, state: inout [AnyMixerState], context: inout ForwardContext) -> Tensor {
    residual(x, &context) { layer, index, x, context in layer.step(x, state: &state[index], context: &context) }
  }

  private func residual(
    _ x: Tensor, _ context: inout ForwardContext,
    _ mix: (AnyMixer, _ index: Int, Tensor, inout ForwardContext) -> Tensor
  ) -> Tensor {
    var x = x
    for (index, part) in layers.enumerated() {
      switch normPlacement {
      case .pre: x = x + dropout(mix(part.layer, index, part.norm(x), &context), context: &context)
      case .post: x = part.norm(x + dropout(mix(part.layer, index, x, &context), context: &context))
      }
    }
    return x
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    for index in layers.indices { layers[index].visit(&visitor) }
  }
}

/// A layer of a block, with its normalisation.
public struct ResidualLayer: Module {
  /// What its tensors are called by: `mixer.…`, and `mixerNorm.…` for those of the normalisation.
  public let name: String
  /// The normalisation.
  public var norm: Normalization
  /// The layer: over the positions, or over the channels alone.
  public var layer: AnyMixer

  /// A layer under a name that no other of its block has.
  public init(_ name: String, norm: Normalization, _ layer: AnyMixer) {
    self.name = name
    self.norm = norm
    self.layer = layer
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit(name + "Norm", &norm)
    visitor.visit(name, &layer)
  }
}
