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
    logits(stream(tokens, context: &context))
  }

  /// The logits of what comes next after some positions of whole texts alone: the head is not computed for the others.
  ///
  /// - Parameters:
  ///   - tokens: [B, T].
  ///   - rows: [M], each b T + t for position t of text b.
  /// - Returns: [M, 256].
  /// - Precondition: T is at most `configuration.maximumLength`, and every row is below B T.
  public func logits(_ tokens: Indices, at rows: Indices, context: inout ForwardContext) -> Tensor {
    logits(stream(tokens, context: &context).rows(rows))
  }

  /// What the head reads, [B, T, D], of tokens [B, T].
  private func stream(_ tokens: Indices, context: inout ForwardContext) -> Tensor {
    requireBytes(tokens, rank: 2, after: nil)
    var x = embedded(tokens, after: Positions(batch: tokens.shape[0]), context: &context)
    for block in blocks { x = block(x, context: &context) }
    return x
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
    requireBytes(tokens, rank: 2, after: state)
    var x = embedded(tokens, after: state.positions, context: &context)
    for (index, block) in blocks.enumerated() { x = block(x, state: &state.blocks[index], context: &context) }
    state.positions.advance(by: tokens.shape[1])
    return logits(x)
  }

  /// The logits of the next byte after each of a run of bytes, in the mixers' chunked form: for reading a long text in
  /// parts.
  ///
  /// - Parameters:
  ///   - tokens: [B, C].
  /// - Returns: [B, C, 256].
  /// - Precondition: the last position is below `configuration.maximumLength`.
  public func chunk(
    _ tokens: Indices, state: inout LanguageModelState, context: inout ForwardContext
  ) -> Tensor {
    requireBytes(tokens, rank: 2, after: state)
    return passed(tokens, state: &state, context: &context)
  }

  /// `chunk` in a pass without training, with the logits after some of the bytes alone.
  ///
  /// - Parameters:
  ///   - tokens: [B, C].
  ///   - rows: [M], each b C + c for byte c of text b.
  /// - Returns: [M, 256].
  /// - Precondition: as for `chunk`, and every row is below B C.
  public func chunk(_ tokens: Indices, at rows: Indices, state: inout LanguageModelState) -> Tensor {
    requireBytes(tokens, rank: 2, after: state)
    var context = ForwardContext.evaluation
    return passed(tokens, at: rows, state: &state, context: &context)
  }

  /// The logits of the next byte after one more byte of each text, which may be at different positions.
  ///
  /// - Parameters:
  ///   - tokens: [B].
  /// - Returns: [B, 256].
  /// - Precondition: each position is below `configuration.maximumLength`.
  public func step(_ tokens: Indices, state: inout LanguageModelState, context: inout ForwardContext) -> Tensor {
    requireBytes(tokens, rank: 1, after: state)
    return passed(tokens, state: &state, context: &context)
  }

  /// `chunk` in a pass without training.
  public func chunk(_ tokens: Indices, state: inout LanguageModelState) -> Tensor {
    var context = ForwardContext.evaluation
    return chunk(tokens, state: &state, context: &context)
  }

  /// `step` in a pass without training.
  public func step(_ tokens: Indices, state: inout LanguageModelState) -> Tensor {
    var context = ForwardContext.evaluation
    return step(tokens, state: &state, context: &context)
  }

  /// Lets bytes pass all blocks; the logits are those of all positions, or of some rows.
  private func passed(
    _ tokens: Indices, at rows: Indices? = nil, state: inout LanguageModelState, context: inout ForwardContext
  ) -> Tensor {
    var passage = Passage(tokens, into: self, after: state, context: &context)
    while passage.depth < blocks.count { passage.advance(through: self, state: &state, context: &context) }
    return passage.end(in: self, at: rows, state: &state)
  }

  private func requireBytes(_ tokens: Indices, rank: Int, after state: LanguageModelState?) {
    require(
      tokens.shape.rank == rank,
      "LanguageModel: tokens of shape \(tokens.shape); expected \(rank == 1 ? "[B]" : "[B, T]")")
    if let state {
      require(
        state.positions.count == tokens.shape[0],
        "LanguageModel: tokens of shape \(tokens.shape) for a state of \(state.positions.count) texts")
    }
    let end = (state?.positions.most ?? 0) + (rank == 1 ? 1 : tokens.shape[1])
    if let limit = configuration.maximumLength {
      require(
        end <= limit,
        "LanguageModel: position \(end - 1) does not exist; with learned positions the context is \(limit)")
    }
  }
}

extension Tensor {
  /// Some rows of [..., D]: [M, D].
  func rows(_ indices: Indices) -> Tensor {
    reshaped([shape.removing(axis: -1).elementCount, shape[shape.rank - 1]]).gather(indices)
  }
}
