import GodwitKernels

/// `softmaxAttention` over the first `count` positions of buffers [B, room, G, K] and [B, room, G, V] that have room for
/// more, as a cache keeps them: causal, and without a copy of what is in use.
///
/// - Precondition: the query's last position is below `count`, which is at most the room.
package func softmaxAttention(
  _ query: Tensor, buffers key: Tensor, _ value: Tensor, count: Int, offset: Int
) -> Tensor {
  require(
    offset + query.shape[1] <= count && count <= key.shape[1],
    "softmaxAttention: queries at \(offset) ..< \(offset + query.shape[1]), \(count) keys in a buffer of \(key.shape)")
  return attention(query, buffers: key, value, count: count, offset: offset, "softmaxAttention") {
    GodwitKernels.softmaxAttention($0, q: $1.query, k: $1.key, v: $1.value, out: $2, logSumExp: $3)
  } copied: {
    softmaxAttention(query, $0, $1, offset: offset)
  }
}

/// `sparseAttention` over the first `count` positions of such buffers.
///
/// - Precondition: the pattern is causal, the queries are the last of the `count` positions, which is at most the room.
package func sparseAttention(
  _ query: Tensor, buffers key: Tensor, _ value: Tensor, count: Int, pattern: AttentionPattern, offset: Int
) -> Tensor {
  require(
    offset + query.shape[1] == count && count <= key.shape[1] && pattern.causal,
    "sparseAttention: queries at \(offset) ..< \(offset + query.shape[1]), \(count) keys in a buffer of \(key.shape)")
  return attention(query, buffers: key, value, count: count, offset: offset, "sparseAttention") {
    let plan = pattern.plan(queries: offset..<count, keys: KeyPositions(count: count))
    GodwitKernels.sparseAttention($0, plan, q: $1.query, k: $1.key, v: $1.value, out: $2, logSumExp: $3)
  } copied: {
    sparseAttention(query, $0, $1, pattern: pattern, offset: offset)
  }
}

/// Calls the kernel on the buffers as they lie, or `copied` with what is in use where no kernel serves: in float64, and
/// where derivatives are taken.
private func attention(
  _ query: Tensor, buffers key: Tensor, _ value: Tensor, count: Int, offset: Int, _ operation: StaticString,
  kernel: (
    AttentionShape, (query: AttentionRows, key: AttentionRows, value: AttentionRows), MutableAttentionRows,
    UnsafeMutablePointer<Float>
  ) -> Void,
  copied: (_ key: Tensor, _ value: Tensor) -> Tensor
) -> Tensor {
  require(
    key.dtype == query.dtype && value.dtype == query.dtype,
    "\(operation): \(query.dtype), \(key.dtype) and \(value.dtype) differ")
  if !query.dtype.hasFusedKernels || innermostTrace([query, key, value]) != nil {
    return copied(key.slice(0..<count, along: 1), value.slice(0..<count, along: 1))
  }
  let operands = AttentionOperands(query, key, value, operation)
  let shape = AttentionShape(
    batch: operands.batch, heads: operands.heads, keyHeads: operands.keyHeads, queries: operands.queries, keys: count,
    keyWidth: operands.keyWidth, valueWidth: operands.valueWidth, causal: true,
    scale: Float(1 / Double(operands.keyWidth).squareRoot()), offset: offset)
  let y = Tensor([shape.batch, shape.queries, shape.heads, shape.valueWidth], .float32) { _ in }
  let logSumExp = Tensor([shape.batch, shape.heads, shape.queries], .float32) { _ in }
  return withExtendedLifetime(logSumExp) {
    kernel(shape, operands.rows([query, key, value]), MutableAttentionRows(fresh: y), logSumExp.freshFloats)
    return y
  }
}
