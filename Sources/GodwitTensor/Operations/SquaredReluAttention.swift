import GodwitKernels

/// Attention with squared weights, Σ relu(q · k)² v / (n K) over the n keys that a query sees, in place of a softmax.
///
/// Hua et al. 2022, "Transformer quality in linear time", section 2.2. Dividing by the number of keys that each query
/// sees, not by the length of the whole sequence, makes the weights of a position the same however long the sequence is.
///
/// - Parameters:
///   - query: [B, T, K].
///   - key: [B, S, K].
///   - value: [B, S, V].
///   - causal: whether query t, at position offset + t, sees only the keys up to its own; otherwise it sees all.
///   - offset: the position of the first query.
/// - Returns: [B, T, V].
/// - Precondition: the shapes agree; causal queries have keys up to their own.
/// - Complexity: 2 B T S (K + V) operations, half of it where causal; memory beyond the result O(S). In float64, in forward
///   mode and in second derivatives matrices T × S.
public func squaredReluAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, causal: Bool = true, offset: Int = 0
) -> Tensor {
  require(
    query.rank == 3 && key.rank == 3 && value.rank == 3 && key.shape[0] == query.shape[0]
      && key.shape[2] == query.shape[2] && Array(value.shape.prefix(2)) == Array(key.shape.prefix(2)),
    "squaredReluAttention: query \(query.shape), key \(key.shape), value \(value.shape) do not belong together")
  require(
    !causal || offset + query.shape[1] <= key.shape[1],
    "squaredReluAttention: the last query is at position \(offset + query.shape[1] - 1), the last key at \(key.shape[1] - 1)"
  )
  let shape = SquaredReluShape(
    batch: query.shape[0], queries: query.shape[1], keys: key.shape[1], keyWidth: query.shape[2],
    valueWidth: value.shape[2], causal: causal, offset: offset)
  return fused("squaredReluAttention", [query, key, value]) {
    evaluate(shape, $0)
  } reference: {
    [reference(shape, $0)]
  }[0]
}

private func evaluate(_ shape: SquaredReluShape, _ x: [Tensor]) -> FusedResult {
  let y = Tensor([shape.batch, shape.queries, shape.valueWidth], .float32) { _ in }
  squaredReluAttention(
    shape, q: AttentionRows(x[0]), k: AttentionRows(x[1]), v: AttentionRows(x[2]), out: MutableAttentionRows(fresh: y))
  return FusedResult([y]) { dy, _ in
    let dx = x.map { Tensor($0.shape, .float32) { _ in } }
    squaredReluAttentionGradient(
      shape, q: AttentionRows(x[0]), k: AttentionRows(x[1]), v: AttentionRows(x[2]), dOut: AttentionRows(dy[0]!),
      dq: MutableAttentionRows(fresh: dx[0]), dk: MutableAttentionRows(fresh: dx[1]),
      dv: MutableAttentionRows(fresh: dx[2]))
    return dx
  }
}

private func reference(_ shape: SquaredReluShape, _ x: [Tensor]) -> Tensor {
  guard shape.causal else {
    let weights = reluSquared(matmul(x[0], x[1], transposeB: true))
    return matmul(weights, x[2]) * (1 / (Double(max(shape.keys, 1)) * Double(shape.keyWidth)))
  }
  let scales = (0..<shape.queries).map { 1 / (Double(shape.offset + $0 + 1) * Double(shape.keyWidth)) }
  let rowScale = Tensor(scales, shape: [shape.queries, 1], dtype: x[0].dtype)
  let seen = Tensor(lowerTriangle: shape.queries, shape.keys, diagonal: shape.offset, dtype: x[0].dtype)
  return seenSums(reluSquared(seenProducts(x[0], x[1], seen: seen)), x[2], seen: seen) * rowScale
}
