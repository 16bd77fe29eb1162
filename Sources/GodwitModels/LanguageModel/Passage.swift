import GodwitLayers
import GodwitTensor

/// Bytes on their way through a model, block after block: a run of each text in the chunked form, or one byte of each as a step.
///
/// Between two blocks it may wait as long as it likes, for whoever reads may have been told to stop. Until its end nothing else may
/// change the state.
struct Passage: Sendable {
  /// [B, C, D] of a run, [B, D] of a step: the stream behind the blocks so far.
  private var x: Tensor
  /// C; 1 of a step.
  private let length: Int
  /// How many blocks the bytes have passed.
  private(set) var depth = 0

  /// Bytes before the first block.
  ///
  /// - Parameters:
  ///   - tokens: [B, C] of a run, [B] of a step.
  /// - Precondition: as for `LanguageModel.chunk` and `step`.
  init(_ tokens: Indices, into model: LanguageModel, after state: LanguageModelState, context: inout ForwardContext) {
    let batch = tokens.shape[0]
    let isStep = tokens.shape.rank == 1
    length = isStep ? 1 : tokens.shape[1]
    x = model.embedded(tokens.reshaped([batch, length]), after: state.positions, context: &context)
    if isStep { x = x.reshaped([batch, model.configuration.width]) }
  }

  /// Lets the bytes pass the next block.
  ///
  /// - Precondition: there is one.
  mutating func advance(through model: LanguageModel, state: inout LanguageModelState, context: inout ForwardContext) {
    let block = model.blocks[depth]
    if x.shape.rank == 2 {
      x = block.step(x, state: &state.blocks[depth], context: &context)
    } else {
      x = block.chunk(x, state: &state.blocks[depth], context: &context)
    }
    depth += 1
  }

  /// The logits after each byte, [B, C, 256] or [B, 256]; of some of the rows [B · C], [M, 256].
  ///
  /// - Precondition: the bytes have passed all blocks.
  func end(in model: LanguageModel, at rows: Indices? = nil, state: inout LanguageModelState) -> Tensor {
    state.positions.advance(by: length)
    return model.logits(rows.map(x.rows) ?? x)
  }
}
