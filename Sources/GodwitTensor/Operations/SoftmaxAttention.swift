import GodwitKernels

/// softmax(q kᵀ · scale) v for each head (Vaswani et al. 2017), in float32 computed in blocks: never a matrix T × T.
///
/// Queries some of whose scores are beyond the greatest float32 are computed in float64, one by one.
///
/// - Parameters:
///   - query: [B, T, H, K].
///   - key: [B, S, G, K], where G divides H: each of the G key heads serves H / G query heads (Ainslie et al. 2023).
///   - value: [B, S, G, V].
///   - causal: whether a query sees only the keys up to its own position.
///   - offset: the position of the first query among the keys; more than 0 when the keys hold a past.
///   - scale: the factor on inner products; 1/√K if nil.
/// - Returns: [B, T, H, V].
/// - Precondition: the shapes agree.
/// - Complexity: 2 B H T S (K + V) operations, about half of that when causal; memory O(T). In float64, in forward mode
///   and in second derivatives matrices T × S.
public func softmaxAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, causal: Bool = true, offset: Int = 0, scale: Double? = nil
) -> Tensor {
  let operands = AttentionOperands(query, key, value, "softmaxAttention")
  return attend([query, key, value], operands, causal: causal, offset: offset, scale: scale)
}

/// `softmaxAttention` with queries, keys and values side by side, as one projection makes them.
///
/// - Parameters:
///   - packed: [B, T, (H + 2 G) K]: the query heads, then the key heads, then the value heads.
///   - heads: H.
///   - keyHeads: G, which divides H.
///   - causal: whether a query sees only the keys up to its own position.
///   - scale: the factor on inner products; 1/√K if nil.
/// - Returns: [B, T, H, K].
/// - Precondition: the last axis is a multiple of H + 2 G.
public func softmaxAttention(
  packed: Tensor, heads: Int, keyHeads: Int, causal: Bool = true, scale: Double? = nil
) -> Tensor {
  let operands = AttentionOperands(packed: packed, heads: heads, keyHeads: keyHeads, "softmaxAttention")
  return attend([packed], operands, causal: causal, offset: 0, scale: scale)
}

private func attend(
  _ x: [Tensor], _ operands: AttentionOperands, causal: Bool, offset: Int, scale: Double?
) -> Tensor {
  let scale = scale ?? 1 / Double(operands.keyWidth).squareRoot()
  require(offset >= 0, "softmaxAttention: offset \(offset) is negative")
  let shape = AttentionShape(
    batch: operands.batch, heads: operands.heads, keyHeads: operands.keyHeads, queries: operands.queries,
    keys: operands.keys, keyWidth: operands.keyWidth, valueWidth: operands.valueWidth, causal: causal,
    scale: Float(scale), offset: offset)
  return fused("softmaxAttention", x) { x in
    let rows = operands.rows(x)
    let y = Tensor([shape.batch, shape.queries, shape.heads, shape.valueWidth], .float32) { _ in }
    let logSumExp = Tensor([shape.batch, shape.heads, shape.queries], .float32) { _ in }
    softmaxAttention(
      shape, q: rows.query, k: rows.key, v: rows.value, out: MutableAttentionRows(fresh: y),
      logSumExp: logSumExp.freshFloats)
    return FusedResult([y]) { dy, _ in
      guard let dy = dy[0] else { return x.map { _ in nil } }
      let gradients = x.map { Tensor($0.shape, .float32) { _ in } }
      let rows = operands.rows(x)
      let targets = operands.mutableRows(gradients)
      softmaxAttentionGradient(
        shape, q: rows.query, k: rows.key, v: rows.value, out: AttentionRows(y), logSumExp: logSumExp.floats,
        dOut: AttentionRows(dy), dq: targets.query, dk: targets.key, dv: targets.value)
      return gradients
    }
  } reference: { x in
    let (query, key, value) = operands.separated(x)
    return [reference(query, key, value, causal: causal, offset: offset, scale: scale)]
  }[0]
}

/// The textbook form, with the whole matrix.
private func reference(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, causal: Bool, offset: Int, scale: Double
) -> Tensor {
  let groups = query.shape[2] / max(key.shape[2], 1)
  let q = query.transposed([0, 2, 1, 3])
  let k = key.repeatingHeads(groups).transposed([0, 2, 1, 3])
  let v = value.repeatingHeads(groups).transposed([0, 2, 1, 3])
  if !causal {
    let scores = matmul(q, k, transposeB: true) * scale
    if let wide = widened(q, k, v, scores, { matmul(softmax(matmul($0, $1, transposeB: true) * scale), $2) }) {
      return wide.transposed([0, 2, 1, 3])
    }
    return matmul(softmax(scores), v).transposed([0, 2, 1, 3])
  }
  let seen = Tensor(lowerTriangle: q.shape[2], k.shape[2], diagonal: offset, dtype: q.dtype)
  return maskedAttention(q, k, v, seen: seen, scale: scale)
}

/// The attention of queries [B, H, T, K] to those of the keys [B, H, S, K] that they see, [B, T, H, V].
func maskedAttention(_ q: Tensor, _ k: Tensor, _ v: Tensor, seen: Tensor, scale: Double) -> Tensor {
  let products = seenProducts(q, k, seen: seen) * scale
  let wide = widened(q, k, v, products) {
    maskedAttention($0, $1, $2, seen: seen.converted(to: .float64), scale: scale).transposed([0, 2, 1, 3])
  }
  if let wide { return wide.transposed([0, 2, 1, 3]) }
  let scores = select(seen, products, Tensor(-.infinity, dtype: q.dtype))
  return seenSums(softmax(scores), v, seen: seen).transposed([0, 2, 1, 3])
}

/// An attention in float64, if float32 cannot hold some scores of finite queries and keys; otherwise nil.
private func widened(
  _ q: Tensor, _ k: Tensor, _ v: Tensor, _ scores: Tensor, _ attend: (Tensor, Tensor, Tensor) -> Tensor
) -> Tensor? {
  guard q.dtype == .float32, !scores.isFinite, q.isFinite, k.isFinite else { return nil }
  return attend(q.converted(to: .float64), k.converted(to: .float64), v.converted(to: .float64)).converted(to: .float32)
}

extension Tensor {
  /// Each head of [B, T, G, K] repeated `count` times in place: [B, T, G · count, K].
  func repeatingHeads(_ count: Int) -> Tensor {
    if count == 1 { return self }
    let (b, t, g, k) = (shape[0], shape[1], shape[2], shape[3])
    return reshaped([b, t, g, 1, k]).broadcast(to: [b, t, g, count, k]).reshaped([b, t, g * count, k])
  }
}

extension MutableAttentionRows {
  /// The rows of a tensor [B, T, ...] that is being filled.
  init(fresh x: Tensor) {
    self.init(x.freshFloats, length: x.shape[1], width: x.shape.dropFirst(2).reduce(1, *))
  }
}
