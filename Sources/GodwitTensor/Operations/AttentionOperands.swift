import GodwitKernels

/// The heads of queries, keys and values and where they lie: in three tensors [B, T, heads, width], or side by side in
/// one [B, T, (H + 2 G) K] as one projection makes them, which saves three copies and their gradients.
struct AttentionOperands: Sendable {
  let batch: Int
  let queries: Int
  let keys: Int
  let heads: Int
  let keyHeads: Int
  let keyWidth: Int
  let valueWidth: Int
  let isPacked: Bool

  /// Operands in three tensors: [B, T, H, K], [B, S, G, K] and [B, S, G, V].
  init(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ operation: StaticString) {
    require(
      query.rank == 4 && key.rank == 4 && value.rank == 4 && key.shape[0] == query.shape[0]
        && Array(value.shape.prefix(3)) == Array(key.shape.prefix(3)) && key.shape[3] == query.shape[3],
      "\(operation): query \(query.shape), key \(key.shape), value \(value.shape) do not belong together")
    (batch, queries, keys) = (query.shape[0], query.shape[1], key.shape[1])
    (heads, keyHeads) = (query.shape[2], key.shape[2])
    (keyWidth, valueWidth) = (query.shape[3], value.shape[3])
    isPacked = false
    require(
      keyHeads == 0 ? heads == 0 : heads % keyHeads == 0,
      "\(operation): \(keyHeads) key heads do not divide \(heads) heads")
  }

  /// Operands in one tensor [B, T, (H + 2 G) K].
  init(packed x: Tensor, heads: Int, keyHeads: Int, _ operation: StaticString) {
    require(
      x.rank == 3, "\(operation): packed operands of shape \(x.shape); expected [B, T, (heads + 2 keyHeads) width]")
    let parts = heads + 2 * keyHeads
    require(
      heads > 0 && keyHeads > 0 && heads % keyHeads == 0 && x.shape[2] % parts == 0,
      "\(operation): \(heads) heads and \(keyHeads) key heads do not fit packed operands of shape \(x.shape)")
    (batch, queries, keys) = (x.shape[0], x.shape[1], x.shape[1])
    (self.heads, self.keyHeads) = (heads, keyHeads)
    (keyWidth, valueWidth) = (x.shape[2] / parts, x.shape[2] / parts)
    isPacked = true
  }

  /// The operands as three tensors.
  func separated(_ x: [Tensor]) -> (query: Tensor, key: Tensor, value: Tensor) {
    guard isPacked else { return (x[0], x[1], x[2]) }
    let parts = x[0].split([heads * keyWidth, keyHeads * keyWidth, keyHeads * keyWidth], along: 2)
    let keyShape: Shape = [batch, keys, keyHeads, keyWidth]
    return (
      parts[0].reshaped([batch, queries, heads, keyWidth]), parts[1].reshaped(keyShape), parts[2].reshaped(keyShape)
    )
  }

  /// The first elements and strides of the operands.
  func rows(_ x: [Tensor]) -> (query: AttentionRows, key: AttentionRows, value: AttentionRows) {
    let places = mutableRows(x)
    return (AttentionRows(places.query), AttentionRows(places.key), AttentionRows(places.value))
  }

  /// The same for tensors that are being filled.
  func mutableRows(
    _ x: [Tensor]
  ) -> (query: MutableAttentionRows, key: MutableAttentionRows, value: MutableAttentionRows) {
    guard isPacked else {
      return (
        .init(x[0].freshFloats, length: queries, width: heads * keyWidth),
        .init(x[1].freshFloats, length: keys, width: keyHeads * keyWidth),
        .init(x[2].freshFloats, length: keys, width: keyHeads * valueWidth)
      )
    }
    let width = (heads + 2 * keyHeads) * keyWidth
    let start = x[0].freshFloats
    return (
      .init(start, length: queries, width: width), .init(start + heads * keyWidth, length: keys, width: width),
      .init(start + (heads + keyHeads) * keyWidth, length: keys, width: width)
    )
  }
}

extension MutableAttentionRows {
  /// Dense rows of `width` elements.
  init(_ pointer: UnsafeMutablePointer<Float>, length: Int, width: Int) {
    self.init(pointer: pointer, batchStride: length * width, rowStride: width)
  }
}

extension AttentionRows {
  /// The rows of a tensor [B, T, ...].
  init(_ x: Tensor) {
    let width = x.shape.dropFirst(2).reduce(1, *)
    self.init(pointer: x.floats, batchStride: x.shape[1] * width, rowStride: width)
  }
}
