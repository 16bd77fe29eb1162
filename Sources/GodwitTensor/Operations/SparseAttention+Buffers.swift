import GodwitKernels

/// `sparseAttention` over the first `count` positions of buffers [B, room, G, K] and [B, room, G, V] that have room for
/// more, as a cache keeps them: without a copy of what is in use.
///
/// - Precondition: the pattern is causal, the queries are the last of the `count` positions, which is at most the room.
package func sparseAttention(
  _ query: Tensor, buffers key: Tensor, _ value: Tensor, count: Int, pattern: AttentionPattern, offset: Int
) -> Tensor {
  require(
    offset + query.shape[1] == count && count <= key.shape[1] && pattern.causal,
    "sparseAttention: queries at \(offset) ..< \(offset + query.shape[1]), \(count) keys in a buffer of \(key.shape)")
  require(
    key.dtype == query.dtype && value.dtype == query.dtype,
    "sparseAttention: \(query.dtype), \(key.dtype) and \(value.dtype) differ")
  if query.dtype != .float32 || innermostTrace([query, key, value]) != nil {
    let (keys, values) = (key.slice(0..<count, along: 1), value.slice(0..<count, along: 1))
    return sparseAttention(query, keys, values, pattern: pattern, offset: offset)
  }
  let operands = AttentionOperands(query, key, value, "sparseAttention")
  let shape = AttentionShape(
    batch: operands.batch, heads: operands.heads, keyHeads: operands.keyHeads, queries: operands.queries, keys: count,
    keyWidth: operands.keyWidth, valueWidth: operands.valueWidth, causal: true,
    scale: Float(1 / Double(operands.keyWidth).squareRoot()), offset: offset)
  let rows = operands.rows([query, key, value])
  let plan = pattern.plan(queries: offset..<count, keys: KeyPositions(count: count))
  let y = Tensor([shape.batch, shape.queries, shape.heads, shape.valueWidth], .float32) { _ in }
  let logSumExp = Tensor([shape.batch, shape.heads, shape.queries], .float32) { _ in }
  return withExtendedLifetime(logSumExp) {
    GodwitKernels.sparseAttention(
      shape, plan, q: rows.query, k: rows.key, v: rows.value, out: MutableAttentionRows(fresh: y),
      logSumExp: logSumExp.freshFloats)
    return y
  }
}
