/// Where the operands of a mixed chunk attention lie, or their gradients.
package struct MixedChunkOperands: Sendable {
  /// [B, T, 4, H, K]: local queries, local keys, global queries, global keys.
  nonisolated(unsafe) let queriesAndKeys: UnsafeMutablePointer<Float>
  /// [B, T, H, V] rows.
  let values: MutableAttentionRows
  /// [B, T, H, V] rows that multiply the result, if there are.
  let gates: MutableAttentionRows?

  package init(
    queriesAndKeys: UnsafeMutablePointer<Float>, values: MutableAttentionRows, gates: MutableAttentionRows?
  ) {
    self.queriesAndKeys = queriesAndKeys
    self.values = values
    self.gates = gates
  }

  enum Kind: Int { case localQuery, localKey, globalQuery, globalKey }

  /// The rows of a chunk.
  func rows(_ kind: Kind, _ shape: MixedChunkShape, _ place: MixedChunkShape.Chunk) -> FloatRows {
    let stride = 4 * shape.heads * shape.keyWidth
    let start = (place.batch * shape.length + place.rows.lowerBound) * stride
    return FloatRows(
      queriesAndKeys + start + (kind.rawValue * shape.heads + place.head) * shape.keyWidth, stride: stride)
  }

  func values(_ shape: MixedChunkShape, _ place: MixedChunkShape.Chunk) -> FloatRows {
    values.rows(shape, place)
  }
}

extension MutableAttentionRows {
  /// The rows of a chunk of values, gates or outputs.
  func rows(_ shape: MixedChunkShape, _ place: MixedChunkShape.Chunk) -> FloatRows {
    rows(place.batch, column: place.head * shape.valueWidth).from(place.rows.lowerBound)
  }
}
