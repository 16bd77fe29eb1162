import GodwitKernels

/// softmax(q kᵀ · scale) v for each head over the keys that a pattern lets each query see, in float32 without computing
/// anything of the others: equal to dense attention under the pattern's mask.
///
/// - Parameters:
///   - query: [B, T, H, K].
///   - key: [B, S, G, K], where G divides H: each of the G key heads serves H / G query heads.
///   - value: [B, S, G, V].
///   - pattern: which keys a query sees.
///   - offset: the position of the first query among the keys; more than 0 when the keys hold a past.
///   - scale: the factor on inner products; 1/√K if nil.
/// - Returns: [B, T, H, V].
/// - Precondition: the shapes agree, S is offset + T, and the offset of a pattern that looks both ways is 0.
/// - Complexity: 2 B H N (K + V) operations for N pairs of a query and a key that it sees; memory O(T). In float64, in
///   forward mode and in second derivatives matrices T × S.
public func sparseAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern, offset: Int = 0, scale: Double? = nil
) -> Tensor {
  let operands = AttentionOperands(query, key, value, "sparseAttention")
  require(
    operands.keys == offset + operands.queries && offset >= 0 && (pattern.causal || offset == 0),
    "sparseAttention: \(operands.queries) queries from position \(offset) on, \(operands.keys) keys")
  return attend(
    [query, key, value], operands, pattern, offset: offset, keys: KeyPositions(count: operands.keys), scale: scale)
}

/// `sparseAttention` with queries, keys and values side by side, as one projection makes them.
///
/// - Parameters:
///   - packed: [B, T, (H + 2 G) K]: the query heads, then the key heads, then the value heads.
///   - heads: H.
///   - keyHeads: G, which divides H.
///   - pattern: which keys a query sees.
///   - scale: the factor on inner products; 1/√K if nil.
/// - Returns: [B, T, H, K].
/// - Precondition: the last axis is a multiple of H + 2 G.
public func sparseAttention(
  packed: Tensor, heads: Int, keyHeads: Int, pattern: AttentionPattern, scale: Double? = nil
) -> Tensor {
  let operands = AttentionOperands(packed: packed, heads: heads, keyHeads: keyHeads, "sparseAttention")
  return attend([packed], operands, pattern, offset: 0, keys: KeyPositions(count: operands.keys), scale: scale)
}

/// `sparseAttention` to the rows that a state keeps of the past, and to those of the queries, which are the last.
///
/// - Precondition: none of the queries sees a key that is not kept.
package func sparseAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, pattern: AttentionPattern, keys: KeyPositions
) -> Tensor {
  let operands = AttentionOperands(query, key, value, "sparseAttention")
  require(
    operands.keys == keys.rows && operands.queries <= keys.count && pattern.causal,
    "sparseAttention: \(operands.queries) queries, \(operands.keys) keys for \(keys)")
  return attend(
    [query, key, value], operands, pattern, offset: keys.count - operands.queries, keys: keys, scale: nil)
}

private func attend(
  _ x: [Tensor], _ operands: AttentionOperands, _ pattern: AttentionPattern, offset: Int, keys: KeyPositions,
  scale: Double?
) -> Tensor {
  let scale = scale ?? 1 / Double(operands.keyWidth).squareRoot()
  let shape = AttentionShape(
    batch: operands.batch, heads: operands.heads, keyHeads: operands.keyHeads, queries: operands.queries,
    keys: operands.keys, keyWidth: operands.keyWidth, valueWidth: operands.valueWidth, causal: pattern.causal,
    scale: Float(scale), offset: offset)
  let queries = offset..<offset + operands.queries
  return fused("sparseAttention", x) { x in
    let rows = operands.rows(x)
    let plan = pattern.plan(queries: queries, keys: keys)
    let y = Tensor([shape.batch, shape.queries, shape.heads, shape.valueWidth], .float32) { _ in }
    let logSumExp = Tensor([shape.batch, shape.heads, shape.queries], .float32) { _ in }
    sparseAttention(
      shape, plan, q: rows.query, k: rows.key, v: rows.value, out: MutableAttentionRows(fresh: y),
      logSumExp: logSumExp.freshFloats)
    return FusedResult([y]) { dy, _ in
      guard let dy = dy[0] else { return x.map { _ in nil } }
      let gradients = x.map { Tensor($0.shape, .float32) { _ in } }
      let rows = operands.rows(x)
      let targets = operands.mutableRows(gradients)
      sparseAttentionGradient(
        shape, plan, q: rows.query, k: rows.key, v: rows.value, out: AttentionRows(y), logSumExp: logSumExp.floats,
        dOut: AttentionRows(dy), dq: targets.query, dk: targets.key, dv: targets.value)
      return gradients
    }
  } reference: { x in
    let (query, key, value) = operands.separated(x)
    let mask = pattern.mask(queries: queries, keys: keys, dtype: query.dtype)
    let groups = query.shape[2] / max(key.shape[2], 1)
    func heads(_ x: Tensor) -> Tensor { x.transposed([0, 2, 1, 3]) }
    return [
      maskedAttention(
        heads(query), heads(key.repeatingHeads(groups)), heads(value.repeatingHeads(groups)), seen: mask, scale: scale)
    ]
  }[0]
}
