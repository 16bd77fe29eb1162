import GodwitKernels

/// Causal softmax attention in which each query keeps the keys of its largest scores only: Zhao et al. 2019, "Explicit
/// sparse transformer: Concentrated attention through explicit selection", equations 3 to 6.
///
/// Of equal scores the earlier keys are kept. The choice is taken as it is: gradients flow to what was kept.
///
/// - Parameters:
///   - query: [B, T, H, K].
///   - key: [B, S, G, K], where G divides H: each of the G key heads serves H / G query heads.
///   - value: [B, S, G, V].
///   - count: how many keys a query keeps; all that it sees, if these are fewer.
///   - offset: the position of the first query among the keys; more than 0 when the keys hold a past.
///   - scale: the factor on inner products; 1/√K if nil.
/// - Returns: [B, T, H, V].
/// - Precondition: the shapes agree, S is offset + T, the count is positive.
/// - Complexity: B H T S K operations, as all scores must be known; beside these O(B H T `count` (K + V)), in the gradient
///   nothing else. Memory O(B H T `count`). In float64, in forward mode and in second derivatives matrices T × S.
public func topKAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, count: Int, offset: Int = 0, scale: Double? = nil
) -> Tensor {
  let operands = AttentionOperands(query, key, value, "topKAttention")
  require(
    operands.keys == offset + operands.queries && offset >= 0 && count > 0,
    "topKAttention: \(operands.queries) queries from position \(offset) on, \(operands.keys) keys, of which \(count) are kept"
  )
  let rule = TopKRule(operands, keys: operands.keys, count: count, scale: scale)
  return fused("topKAttention", [query, key, value]) {
    rule.evaluate($0)
  } reference: {
    [rule.reference($0[0], $0[1], $0[2])]
  }[0]
}

/// `topKAttention` over the first `length` positions of buffers [B, room, G, K] and [B, room, G, V] that have room for more,
/// as a cache keeps them: without a copy of what is in use.
///
/// - Precondition: the queries are the last of the `length` positions, which is at most the room.
package func topKAttention(
  _ query: Tensor, buffers key: Tensor, _ value: Tensor, length: Int, count: Int
) -> Tensor {
  require(
    query.shape[1] <= length && length <= key.shape[1],
    "topKAttention: \(query.shape[1]) queries, \(length) keys in a buffer of \(key.shape)")
  require(
    key.dtype == query.dtype && value.dtype == query.dtype,
    "topKAttention: \(query.dtype), \(key.dtype) and \(value.dtype) differ")
  if !query.dtype.hasFusedKernels || innermostTrace([query, key, value]) != nil {
    let (keys, values) = (key.slice(0..<length, along: 1), value.slice(0..<length, along: 1))
    return topKAttention(query, keys, values, count: count, offset: length - query.shape[1])
  }
  let operands = AttentionOperands(query, key, value, "topKAttention")
  return TopKRule(operands, keys: length, count: count, scale: nil).evaluate([query, key, value]).outputs[0]
}

private struct TopKRule: Sendable {
  let operands: AttentionOperands
  let shape: AttentionShape
  let count: Int
  let scale: Double

  init(_ operands: AttentionOperands, keys: Int, count: Int, scale: Double?) {
    self.operands = operands
    // More than there are would only take room.
    self.count = min(count, max(keys, 1))
    self.scale = scale ?? 1 / Double(operands.keyWidth).squareRoot()
    shape = AttentionShape(
      batch: operands.batch, heads: operands.heads, keyHeads: operands.keyHeads, queries: operands.queries, keys: keys,
      keyWidth: operands.keyWidth, valueWidth: operands.valueWidth, causal: true, scale: Float(self.scale),
      offset: keys - operands.queries)
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let y = Tensor([shape.batch, shape.queries, shape.heads, shape.valueWidth], .float32) { _ in }
    let weights = Tensor([shape.batch, shape.heads, shape.queries, count], .float32) { _ in }
    let rows = operands.rows(x)
    let kept = [Int32](unsafeUninitializedCapacity: weights.shape.elementCount) { buffer, initialized in
      // Without an element there is no query either.
      guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
      GodwitKernels.topKAttention(
        shape, kept: count, q: rows.query, k: rows.key, v: rows.value, out: MutableAttentionRows(fresh: y),
        rows: start, weights: weights.freshFloats)
      initialized = buffer.count
    }
    return FusedResult([y]) { dy, _ in
      guard let dy = dy[0] else { return x.map { _ in nil } }
      let gradients = x.map { Tensor($0.shape, .float32) { _ in } }
      let rows = operands.rows(x)
      let targets = operands.mutableRows(gradients)
      topKAttentionGradient(
        shape, kept: count, q: rows.query, k: rows.key, v: rows.value, out: AttentionRows(y), rows: kept,
        weights: weights.floats, dOut: AttentionRows(dy), dq: targets.query, dk: targets.key, dv: targets.value)
      return gradients
    }
  }

  func reference(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor {
    let groups = query.shape[2] / max(key.shape[2], 1)
    func heads(_ x: Tensor) -> Tensor { x.transposed([0, 2, 1, 3]) }
    let (q, k) = (heads(query), heads(key.repeatingHeads(groups)))
    let seen = mask(matmul(q.detached, k.detached, transposeB: true) * scale)
    return maskedAttention(q, k, heads(value.repeatingHeads(groups)), seen: seen, scale: scale)
  }

  /// 1 where a score is among the largest of its query.
  private func mask(_ scores: Tensor) -> Tensor {
    let (values, keys) = (scores.scalars, shape.keys)
    var mask = [Double](repeating: 0, count: values.count)
    for row in 0..<(keys == 0 ? 0 : values.count / keys) {
      let seen = row * keys..<row * keys + shape.offset + row % shape.queries + 1
      let order = seen.sorted { values[$0] > values[$1] || (values[$0] == values[$1] && $0 < $1) }
      for place in order.prefix(count) { mask[place] = 1 }
    }
    return Tensor(mask, shape: scores.shape, dtype: scores.dtype)
  }
}
