import GodwitKernels
import GodwitLayers
import GodwitTensor

extension LanguageModel {
  /// The logits of the next byte at every position of whole texts, all positions at once and without keeping a state: for
  /// training.
  ///
  /// - Parameters:
  ///   - tokens: [B, T].
  /// - Returns: [B, T, 256].
  /// - Precondition: T is at most `configuration.maximumLength`.
  public func callAsFunction(_ tokens: Indices, context: inout ForwardContext) -> Tensor {
    requireBytes(tokens, rank: 2, from: 0)
    var x = embedded(tokens, offset: 0, context: &context)
    for block in blocks { x = block(x, context: &context) { $0($1) } }
    return logits(x)
  }

  /// The logits of the next byte at every position, all positions at once; `state` becomes that after the last.
  ///
  /// - Parameters:
  ///   - tokens: [B, T].
  /// - Returns: [B, T, 256].
  /// - Precondition: the last position is below `configuration.maximumLength`.
  public func callAsFunction(
    _ tokens: Indices, state: inout LanguageModelState, context: inout ForwardContext
  ) -> Tensor {
    requireBytes(tokens, rank: 2, from: state.position)
    var x = embedded(tokens, offset: state.position, context: &context)
    for (index, block) in blocks.enumerated() {
      x = block(x, context: &context) { $0($1, state: &state.mixers[index]) }
    }
    state.position += tokens.shape[1]
    return logits(x)
  }

  /// The logits of the next byte after each of a run of bytes, in the mixers' chunked form: for reading a long text in
  /// parts.
  ///
  /// - Parameters:
  ///   - tokens: [B, C].
  /// - Returns: [B, C, 256].
  /// - Precondition: the last position is below `configuration.maximumLength`.
  public func chunk(_ tokens: Indices, state: inout LanguageModelState) -> Tensor {
    requireBytes(tokens, rank: 2, from: state.position)
    var context = ForwardContext.evaluation
    var x = embedded(tokens, offset: state.position, context: &context)
    for (index, block) in blocks.enumerated() {
      x = block(x, context: &context) { $0.chunk($1, state: &state.mixers[index]) }
    }
    state.position += tokens.shape[1]
    return logits(x)
  }

  /// The logits of the next byte after one more byte.
  ///
  /// - Parameters:
  ///   - tokens: [B].
  /// - Returns: [B, 256].
  /// - Precondition: the position is below `configuration.maximumLength`.
  public func step(_ tokens: Indices, state: inout LanguageModelState) -> Tensor {
    requireBytes(tokens, rank: 1, from: state.position)
    var context = ForwardContext.evaluation
    let row = tokens.reshaped([tokens.count, 1])
    var x = embedded(row, offset: state.position, context: &context).reshaped([tokens.count, configuration.width])
    for (index, block) in blocks.enumerated() {
      x = block(x, context: &context) { $0.step($1, state: &state.mixers[index]) }
    }
    state.position += 1
    return logits(x)
  }

  private func requireBytes(_ tokens: Indices, rank: Int, from position: Int) {
    require(
      tokens.shape.rank == rank,
      "LanguageModel: tokens of shape \(tokens.shape); expected \(rank == 1 ? "[B]" : "[B, T]")")
    let end = position + (rank == 1 ? 1 : tokens.shape[1])
    if let limit = configuration.maximumLength {
      require(
        end <= limit,
        "LanguageModel: position \(end - 1) does not exist; with learned positions the context is \(limit)")
    }
  }
}
