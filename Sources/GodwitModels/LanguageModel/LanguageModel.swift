import GodwitKernels
import GodwitLayers
import GodwitTensor

/// A causal model of text as bytes: vectors of the bytes, residual blocks, a normalisation, a head over 256 bytes.
///
/// All forms give the same logits: all positions at once for training, in chunks for reading a prompt, in steps for
/// generation. With linear mixers a step takes the same time and memory after any number of bytes.
public struct LanguageModel: Module {
  /// The architecture.
  public let configuration: LanguageModelConfiguration
  /// The vectors of the bytes, [256, D].
  public var bytes: Embedding
  /// The vectors of the positions, if they are learned.
  public var positions: LearnedPositions?
  /// The normalisation before the first block, if there is one.
  public var embeddingNorm: Normalization?
  /// The blocks, in the order in which they change the stream.
  public var blocks: [ResidualBlock]
  /// The normalisation before the head; nil where each block normalises the stream itself.
  public var norm: Normalization?
  /// [D, 256]; nil if the head is the table of the bytes.
  public var head: Linear?
  private let dropout: Dropout

  /// A model with random parameters: normal weights and vectors with deviation 0.02, the weights that add to the residual
  /// stream divided by √(2 · depth), as in GPT-2; biases 0, scales 1.
  ///
  /// - Throws: if the configuration is not valid.
  public init(
    _ configuration: LanguageModelConfiguration, using generator: inout some RandomNumberGenerator
  ) throws(ConfigurationError) {
    try configuration.validate()
    self.configuration = configuration
    let (vocabulary, width) = (LanguageModelConfiguration.vocabulary, configuration.width)
    bytes = Embedding(vocabulary, width, using: &generator)
    positions =
      configuration.positions == .learned ? LearnedPositions(configuration.context, width, using: &generator) : nil
    blocks = []
    for index in 0..<configuration.depth {
      do { blocks.append(try ResidualBlock(configuration, block: index, using: &generator)) } catch {
        throw .mixer(error)
      }
    }
    norm = configuration.normPlacement == .pre ? configuration.makeNorm() : nil
    embeddingNorm = configuration.embeddingNorm == true ? configuration.makeNorm() : nil
    head =
      configuration.tiedHead
      ? nil
      : Linear(
        width, vocabulary, bias: configuration.bias, standardDeviation: LanguageModelConfiguration.deviation,
        using: &generator)
    dropout = Dropout(configuration.dropout)
  }

  /// The state before the first byte, for `batch` texts.
  public func initialState(batch: Int) -> LanguageModelState {
    LanguageModelState(blocks: blocks.map { $0.initialState(batch: batch) }, positions: Positions(batch: batch))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("bytes", &bytes)
    if positions != nil { visitor.visit("positions", &positions!) }
    if embeddingNorm != nil { visitor.visit("embeddingNorm", &embeddingNorm!) }
    visitor.visit("blocks", &blocks)
    if norm != nil { visitor.visit("norm", &norm!) }
    if head != nil { visitor.visit("head", &head!) }
  }

  /// The vectors of bytes [B, T] after those that were read before: [B, T, D].
  func embedded(_ tokens: Indices, after read: Positions, context: inout ForwardContext) -> Tensor {
    let x = bytes(tokens)
    let placed = positions?(x, after: read) ?? x
    return dropout(embeddingNorm?(placed) ?? placed, context: &context)
  }

  /// The logits of what comes next, [..., D] to [..., 256].
  func logits(_ x: Tensor) -> Tensor {
    let x = norm?(x) ?? x
    return head?(x) ?? bytes.logits(x)
  }
}
