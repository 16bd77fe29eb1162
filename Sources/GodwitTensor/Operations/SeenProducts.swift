// The two products of an attention under a mask. What is hidden takes no part in them, nor in their derivatives, even where it is
// not finite: a mask selects. It does not multiply, as 0 times a NaN or an infinity is not 0.

/// a bᵀ where `seen` is not 0, and 0 elsewhere.
///
/// - Parameters:
///   - a: [..., T, K].
///   - b: [..., S, K].
///   - seen: [T, S], or with the axes before them too; without a derivative.
func seenProducts(_ a: Tensor, _ b: Tensor, seen: Tensor) -> Tensor {
  bilinear(a, b) {
    select(seen, matmul($0, $1, transposeB: true), Tensor(0, dtype: $0.dtype))
  } operation: {
    seenProducts($0, $1, seen: seen)
  } pullA: { _, b, d in
    seenSums(d, b, seen: seen)
  } pullB: { a, _, d in
    seenSums(d.transposed, a, seen: seen.transposed)
  }
}

/// Σ weights[t, s] x[s] over the s that t sees.
///
/// - Parameters:
///   - weights: [..., T, S]; what is not seen of them does not matter.
///   - x: [..., S, V].
///   - seen: as in `seenProducts`.
func seenSums(_ weights: Tensor, _ x: Tensor, seen: Tensor) -> Tensor {
  bilinear(weights, x) {
    evaluateSums($0, $1, seen)
  } operation: {
    seenSums($0, $1, seen: seen)
  } pullA: { _, x, d in
    seenProducts(d, x, seen: seen)
  } pullB: { weights, _, d in
    seenSums(weights.transposed, d, seen: seen.transposed)
  }
}

/// - Precondition: the weights and x agree in the axes before the last two.
private func evaluateSums(_ weights: Tensor, _ x: Tensor, _ seen: Tensor) -> Tensor {
  let zero = Tensor(0, dtype: x.dtype)
  let kept = select(seen, weights, zero)
  let values = x.scalars
  if values.allSatisfy({ $0.isFinite }) { return matmul(kept, x) }
  // What is finite as ever; then to each sum what it sees of the rest.
  let sums = matmul(kept, select(equal(x - x, zero), x, zero))
  let (rows, columns, width) = (sums.shape[sums.rank - 2], x.shape[x.rank - 2], sums.shape[sums.rank - 1])
  let (factors, isSeen) = (weights.scalars, seen.broadcast(to: weights.shape).scalars)
  var result = sums.scalars
  for (index, value) in values.enumerated() where !value.isFinite {
    let (place, column) = (index / width, index % width)
    let (batch, s) = (place / columns, place % columns)
    for row in batch * rows..<(batch + 1) * rows where isSeen[row * columns + s] != 0 {
      result[row * width + column] += factors[row * columns + s] * value
    }
  }
  return Tensor(result, shape: sums.shape, dtype: x.dtype)
}
