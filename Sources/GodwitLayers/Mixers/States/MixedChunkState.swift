import GodwitKernels
import GodwitTensor

/// What mixed chunk attention keeps of the past: the sum over the chunks that are over, and the keys and values of the one
/// that is not. Its size does not depend on how long the past was.
public struct MixedChunkState: SequenceState {
  private var longPast: LongSum
  /// Local and global keys of the chunk that is not over, [B, c, 2, H, K], zeros beyond its end.
  public var keys: Tensor
  /// Its values, [B, c, H, V].
  public var values: Tensor
  /// How many positions each sequence has had.
  public private(set) var positions: Positions

  /// Σ k̃ vᵀ over all chunks that are over, [B, H, K, V], rounded.
  public var past: Tensor { longPast.value }

  /// The state before the first position.
  public init(batch: Int, heads: Int, keyWidth: Int, valueWidth: Int, chunk: Int, dtype: DType = .float32) {
    longPast = LongSum(zeros: [batch, heads, keyWidth, valueWidth], dtype: dtype)
    keys = Tensor(zeros: [batch, chunk, 2, heads, keyWidth], dtype: dtype)
    values = Tensor(zeros: [batch, chunk, heads, valueWidth], dtype: dtype)
    positions = Positions(batch: batch)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    longPast.visit("past", &visitor)
    visitor.visit("keys", &keys)
    visitor.visit("values", &values)
    visitor.visit("position", &positions)
  }

  private var chunk: Int { keys.shape[1] }

  /// `mixedChunkAttention` over the next positions, of which the first need not begin a chunk.
  mutating func attend(_ queriesAndKeys: Tensor, values: Tensor, local: Bool, global: Bool) -> Tensor {
    forEachPosition(positions, [queriesAndKeys, values]) { state, operands, position in
      state.attend(operands[0], values: operands[1], local: local, global: global, after: position)
    }
  }

  private mutating func attend(
    _ queriesAndKeys: Tensor, values: Tensor, local: Bool, global: Bool, after position: Int
  ) -> Tensor {
    let begun = position % chunk
    // What has begun stands before the new positions, with queries and gates of zeros, whose results are not needed.
    let rows = begun == 0 ? queriesAndKeys : concatenate([begunRows(begun), queriesAndKeys], along: 1)
    let allValues =
      begun == 0 ? values : concatenate([begunValues(begun, gates: values.shape[2] - 1), values], along: 1)
    let result = mixedChunkAttention(
      rows, values: allValues, chunk: chunk, addingTo: past, position: position - begun, local: local, global: global)
    if global && rows.shape[1] >= chunk { longPast.add(result.added) }
    keep(rows, allValues)
    positions.advance(by: queriesAndKeys.shape[1])
    return result.output.slice(begun..<rows.shape[1], along: 1)
  }

  /// `mixedChunkAttention` of one position [B, 1, ...], in a time that does not depend on the past.
  mutating func step(_ queriesAndKeys: Tensor, values: Tensor, local: Bool, global: Bool) -> Tensor {
    forEachPosition(positions, [queriesAndKeys, values]) { state, operands, position in
      state.step(operands[0], values: operands[1], local: local, global: global, after: position)
    }
  }

  private mutating func step(
    _ queriesAndKeys: Tensor, values newValues: Tensor, local: Bool, global: Bool, after position: Int
  ) -> Tensor {
    let parts = queriesAndKeys.split([1, 1, 1, 1], along: 2)
    let (shape, begun) = (past.shape, position % chunk)
    keys.appendRows(concatenate([parts[1], parts[3]], along: 2), at: begun)
    let gatesAndValues = newValues.split([Int](repeating: 1, count: newValues.shape[2]), along: 2)
    values.appendRows(gatesAndValues.last!.reshaped([shape[0], 1, shape[1], shape[3]]), at: begun)
    func query(_ index: Int) -> Tensor { parts[index].reshaped([shape[0], shape[1], 1, shape[2]]) }
    let kept = values.transposed([0, 2, 1, 3])
    var y = Tensor(zeros: [shape[0], shape[1], 1, shape[3]], dtype: past.dtype)
    if local {
      let scores = matmul(query(0), keptKeys(0), transposeB: true)
      y = y + matmul(reluSquared(scores), kept) * (1 / (Double(chunk) * Double(shape[2])))
    }
    if global && position >= chunk { y = y + matmul(query(2), past) * (1 / Double(position - begun)) }
    positions.advance(by: 1)
    if (position + 1) % chunk == 0 {
      if global { longPast.add(matmul(keptKeys(1), kept, transposeA: true)) }
      (keys, values) = (Tensor(zeros: keys.shape, dtype: keys.dtype), Tensor(zeros: values.shape, dtype: values.dtype))
    }
    let output = y.reshaped([shape[0], 1, shape[1], shape[3]])
    return gatesAndValues.count == 1 ? output : output * gatesAndValues[0].reshaped(output.shape)
  }

  /// Local (0) or global (1) keys, [B, H, c, K].
  private func keptKeys(_ kind: Int) -> Tensor { keys.element(kind, along: 2).transposed([0, 2, 1, 3]) }

  /// The rows [B, count, 4, H, K] of the positions that have begun the chunk.
  private func begunRows(_ count: Int) -> Tensor {
    let parts = keys.slice(0..<count, along: 1).split([1, 1], along: 2)
    let zeros = Tensor(zeros: parts[0].shape, dtype: keys.dtype)
    return concatenate([zeros, parts[0], zeros, parts[1]], along: 2)
  }

  private func begunValues(_ count: Int, gates: Int) -> Tensor {
    let shape = values.shape
    let rows = values.slice(0..<count, along: 1).reshaped([shape[0], count, 1, shape[2], shape[3]])
    return gates == 0 ? rows : concatenate([Tensor(zeros: rows.shape, dtype: rows.dtype), rows], along: 2)
  }

  /// Keeps the keys and values after the last full chunk of `rows`.
  private mutating func keep(_ rows: Tensor, _ allValues: Tensor) {
    let length = rows.shape[1]
    let last = (length / chunk * chunk)..<length
    let parts = rows.slice(last, along: 1).split([1, 1, 1, 1], along: 2)
    keys = concatenate([parts[1], parts[3]], along: 2).padded(along: 1, before: 0, after: chunk - last.count)
    values = allValues.slice(last, along: 1).element(allValues.shape[2] - 1, along: 2)
      .padded(along: 1, before: 0, after: chunk - last.count)
  }
}
