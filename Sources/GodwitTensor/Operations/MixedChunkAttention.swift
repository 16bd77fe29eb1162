import GodwitKernels

/// Causal mixed chunk attention: squared weights within a chunk, a sum of outer products over the chunks before.
///
/// For the position t of chunk g, with c positions in a chunk and K the width of queries and keys:
///
///     y[t] = gate[t] ⊙ (Σ relu(q[t] · k[s])² v[s] / (c K) + M[g]ᵀ q̃[t])     over s ≤ t in chunk g
///     M[g] = Σ k̃[s] v[s]ᵀ / (g c)                                            over all s in the chunks 0 ..< g, M[0] = 0
///
/// Hua et al. 2022, "Transformer quality in linear time", section 3.2. A chunk's sums are divided by the number of
/// positions in them (the paper leaves the divisor of the causal form open), so that nothing depends on the length of the
/// whole sequence.
///
/// - Parameters:
///   - queriesAndKeys: [B, T, 4, H, K]: q, k, q̃, k̃.
///   - values: [B, T, 1, H, V], or [B, T, 2, H, V] with the gates before the values.
///   - chunk: c.
///   - past: Σ k̃ vᵀ over the positions before, [B, H, K, V]; zero if nil.
///   - position: how many positions those are, a multiple of c.
///   - local: whether a position attends to its chunk.
///   - global: whether it reads the sums over the chunks before.
/// - Returns: y [B, T, H, V], and the sum after the last chunk that is full.
/// - Precondition: the shapes agree.
/// - Complexity: B H T (c (K + V) + 4 K V) operations; memory O(K V) for each chunk. In float64, in forward mode and in
///   second derivatives matrices T × T.
public func mixedChunkAttention(
  _ queriesAndKeys: Tensor, values: Tensor, chunk: Int, past: Tensor? = nil, position: Int = 0, local: Bool = true,
  global: Bool = true
) -> (output: Tensor, past: Tensor) {
  let rule = MixedChunkRule(
    queriesAndKeys, values, chunk: chunk, causal: true, position: position, local: local, global: global)
  if let past {
    require(
      past.shape == rule.stateShape, "mixedChunkAttention: a past of shape \(past.shape); expected \(rule.stateShape)")
  }
  let y = rule.attend([queriesAndKeys, values] + (past.map { [$0] } ?? []))
  return (y[0], global ? y[1] : past ?? Tensor(zeros: rule.stateShape, dtype: values.dtype))
}

/// `mixedChunkAttention` that returns, in place of the sum after the last full chunk, what the full chunks have added to it: after a
/// long past that may be too small to show in it.
package func mixedChunkAttention(
  _ queriesAndKeys: Tensor, values: Tensor, chunk: Int, addingTo past: Tensor, position: Int, local: Bool, global: Bool
) -> (output: Tensor, added: Tensor) {
  var rule = MixedChunkRule(
    queriesAndKeys, values, chunk: chunk, causal: true, position: position, local: local, global: global)
  rule.returnsAdded = true
  let y = rule.attend([queriesAndKeys, values, past])
  return (y[0], global ? y[1] : Tensor(zeros: rule.stateShape, dtype: values.dtype))
}

/// Mixed chunk attention to the whole sequence: squared weights within a chunk, and a mean of outer products over all
/// positions, those of the own chunk and of later ones included.
///
/// As the causal form, but y[t] = gate[t] ⊙ (Σ relu(q[t] · k[s])² v[s] / (c K) + Mᵀ q̃[t]) with all s of the chunk, and
/// M = Σ k̃[s] v[s]ᵀ / T over all positions. Parameters, result and cost as there.
public func bidirectionalMixedChunkAttention(
  _ queriesAndKeys: Tensor, values: Tensor, chunk: Int, local: Bool = true, global: Bool = true
) -> Tensor {
  MixedChunkRule(queriesAndKeys, values, chunk: chunk, causal: false, position: 0, local: local, global: global)
    .attend([queriesAndKeys, values])[0]
}

private struct MixedChunkRule: Sendable {
  let shape: MixedChunkShape
  let isGated: Bool
  /// Whether what is added to the sum over the past is returned in its place.
  var returnsAdded = false

  var stateShape: Shape { [shape.batch, shape.heads, shape.keyWidth, shape.valueWidth] }
  private var outputShape: Shape { [shape.batch, shape.length, shape.heads, shape.valueWidth] }

  init(
    _ queriesAndKeys: Tensor, _ values: Tensor, chunk: Int, causal: Bool, position: Int, local: Bool, global: Bool
  ) {
    let (x, v) = (queriesAndKeys.shape, values.shape)
    require(
      x.rank == 5 && v.rank == 5 && x[2] == 4 && (v[2] == 1 || v[2] == 2) && x[0] == v[0] && x[1] == v[1]
        && x[3] == v[3],
      "mixedChunkAttention: queries and keys \(x), values \(v); expected [B, T, 4, H, K] and [B, T, 1 or 2, H, V]")
    require(chunk > 0, "mixedChunkAttention: chunks of \(chunk) positions")
    require(
      position >= 0 && position % chunk == 0,
      "mixedChunkAttention: position \(position) is not a multiple of the chunk, \(chunk)")
    shape = MixedChunkShape(
      batch: x[0], heads: x[3], length: x[1], keyWidth: x[4], valueWidth: v[4], chunk: chunk, causal: causal,
      position: position, local: local, global: global)
    isGated = v[2] == 2
  }

  func attend(_ x: [Tensor]) -> [Tensor] {
    fused("mixedChunkAttention", x) {
      evaluate($0)
    } reference: {
      reference($0)
    }
  }

  private var keepsPast: Bool { shape.causal && shape.global }

  private func evaluate(_ x: [Tensor]) -> FusedResult {
    let y = Tensor(outputShape, .float32) { _ in }
    let attended = isGated ? Tensor(outputShape, .float32) { _ in } : nil
    let chunks = shape.global ? shape.chunks : 0
    let means = Tensor([shape.batch, shape.heads, chunks, shape.keyWidth, shape.valueWidth], .float32) { _ in }
    let past = keepsPast ? Tensor(stateShape, .float32) { _ in } : nil
    let initial = keepsPast && x.count > 2 ? x[2] : nil
    mixedChunkAttention(
      shape, operands(x), initial: initial?.floats, means: means.freshFloats,
      final: returnsAdded ? nil : past?.freshFloats, added: returnsAdded ? past?.freshFloats : nil,
      attended: attended.map { MutableAttentionRows(fresh: $0) }, out: MutableAttentionRows(fresh: y))
    return FusedResult([y] + (past.map { [$0] } ?? [])) { dy, needed in
      let gradients = x.prefix(2).map { Tensor($0.shape, .float32) { _ in } }
      let dOutput = dy[0] ?? Tensor(zeros: outputShape)
      let dInitial = initial != nil && needed[2] ? Tensor(stateShape, .float32) { _ in } : nil
      mixedChunkAttentionGradient(
        shape, operands(x), means: means.freshFloats, attended: attended.map { MutableAttentionRows(fresh: $0) },
        dOut: MutableAttentionRows(fresh: dOutput), dFinal: keepsPast ? dy[1]?.floats : nil,
        gradients: operands(gradients), dInitial: dInitial?.freshFloats)
      return withExtendedLifetime((dy, dOutput)) { gradients + (x.count > 2 ? [less(dInitial, dy)] : []) }
    }
  }

  /// The gradient of the initial sum, without what reached it by the final one where only what is added is returned.
  private func less(_ gradient: Tensor?, _ dy: [Tensor?]) -> Tensor? {
    guard returnsAdded, keepsPast, let gradient, let dFinal = dy[1] else { return gradient }
    return gradient - dFinal
  }

  private func operands(_ x: [Tensor]) -> MixedChunkOperands {
    let row = shape.heads * shape.valueWidth
    let (batch, stride) = (x[1].shape.dropFirst().reduce(1, *), x[1].shape.dropFirst(2).reduce(1, *))
    let start = x[1].freshFloats
    func rows(_ start: UnsafeMutablePointer<Float>) -> MutableAttentionRows {
      MutableAttentionRows(pointer: start, batchStride: batch, rowStride: stride)
    }
    return MixedChunkOperands(
      queriesAndKeys: x[0].freshFloats, values: rows(start + (isGated ? row : 0)), gates: isGated ? rows(start) : nil)
  }

  /// Every query with every key, under a mask of the chunks.
  private func reference(_ x: [Tensor]) -> [Tensor] {
    // [B, 4, H, T, K] and [B, 1 or 2, H, T, V]
    let (rows, values) = (x[0].transposed([0, 2, 3, 1, 4]), x[1].transposed([0, 2, 3, 1, 4]))
    func part(_ index: Int) -> Tensor { rows.element(index, along: 1) }
    let value = values.element(isGated ? 1 : 0, along: 1)
    let dtype = value.dtype
    var y = Tensor(zeros: value.shape, dtype: dtype)
    if shape.local {
      let seen = mask(dtype) { $0 == $1 }
      let weights = reluSquared(seenProducts(part(0), part(1), seen: seen))
      y = y + seenSums(weights, value, seen: seen) * (1 / (Double(shape.chunk) * Double(shape.keyWidth)))
    }
    if shape.global {
      var read: Tensor
      if shape.causal {
        let seen = mask(dtype) { $0 > $1 }
        read = seenSums(seenProducts(part(2), part(3), seen: seen), value, seen: seen)
      } else {
        read = matmul(matmul(part(2), part(3), transposeB: true), value)
      }
      if x.count > 2 { read = read + matmul(part(2), x[2]) }
      let factors = (0..<shape.length).map { shape.globalScale($0 / shape.chunk) }
      let scales = Tensor(factors, shape: [shape.length, 1], dtype: dtype)
      // The first chunk reads nothing.
      y = y + select(scales, read, Tensor(0, dtype: dtype)) * scales
    }
    if isGated { y = y * values.element(0, along: 1) }
    let output = y.transposed([0, 2, 1, 3])
    guard keepsPast else { return [output] }
    let full = shape.length / shape.chunk * shape.chunk
    let past = matmul(part(3).slice(0..<full, along: 2), value.slice(0..<full, along: 2), transposeA: true)
    return [output, x.count > 2 && !returnsAdded ? past + x[2] : past]
  }

  /// [T, T], 1 where the chunks of query and key are related so, and where causal the key is not later.
  private func mask(_ dtype: DType, _ relation: (_ query: Int, _ key: Int) -> Bool) -> Tensor {
    var values: [Double] = []
    for query in 0..<shape.length {
      for key in 0..<shape.length {
        let seen = relation(query / shape.chunk, key / shape.chunk) && (!shape.causal || key <= query)
        values.append(seen ? 1 : 0)
      }
    }
    return Tensor(values, shape: [shape.length, shape.length], dtype: dtype)
  }
}
