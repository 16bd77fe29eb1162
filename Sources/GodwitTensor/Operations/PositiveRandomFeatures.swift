import GodwitKernels

/// Which side of an inner product a vector is on.
public enum AttentionSide: Sendable { case query, key }

/// Positive random features: φ(q) · φ(k) estimates e^(scale² q · k) up to a factor of each query.
///
/// Choromanski et al. 2021, "Rethinking attention with Performers", equation 7: e^(ω · x − |x|² / 2) / √F for each of F
/// directions ω. In place of |q|² / 2 a query subtracts its greatest exponent, a factor that a normalised attention divides
/// out again. Exponents are limited to ±64, so that no sum overflows.
///
/// - Parameters:
///   - x: [..., K].
///   - projection: the directions ω as columns, [K, F]; a constant.
///   - scale: what x is multiplied by first.
/// - Returns: [..., F].
/// - Complexity: 2 K F operations for each vector.
public func positiveRandomFeatures(
  _ x: Tensor, projection: Tensor, scale: Double = 1, side: AttentionSide
) -> Tensor {
  let (rows, width) = x.rowsAndWidth("positiveRandomFeatures")
  require(
    projection.rank == 2 && projection.shape[0] == width && projection.dtype == x.dtype,
    "positiveRandomFeatures: x \(x.shape) of \(x.dtype), projection \(projection.shape) of \(projection.dtype)")
  let scaled = projection.detached * scale
  let y = fused("positiveRandomFeatures", [x.reshaped([rows, width])]) {
    evaluate($0[0], scaled, scale, side)
  } reference: {
    [reference($0[0], scaled, scale, side)]
  }
  return y[0].reshaped(x.shape.replacing(axis: -1, with: projection.shape[1]))
}

private func evaluate(_ x: Tensor, _ projection: Tensor, _ scale: Double, _ side: AttentionSide) -> FusedResult {
  let (rows, width, features) = (x.shape[0], x.shape[1], projection.shape[1])
  let y = Tensor([rows, features], .float32) { _ in }
  positiveRandomFeatures(
    rows: rows, width: width, features: features, scale: Float(scale), isQuery: side == .query, x.floats,
    projection: projection.floats, y.freshFloats)
  return FusedResult([y]) { dy, _ in
    let dx = Tensor(x.shape, .float32) { _ in }
    positiveRandomFeaturesGradient(
      rows: rows, width: width, features: features, scale: Float(scale), isQuery: side == .query, x.floats,
      projection: projection.floats, y.floats, dy: dy[0]!.floats, dx: dx.freshFloats)
    return [dx]
  }
}

private func reference(_ x: Tensor, _ projection: Tensor, _ scale: Double, _ side: AttentionSide) -> Tensor {
  let exponents = matmul(x, projection)
  let shift =
    side == .query
    ? exponents.max(along: 1, keepingAxis: true)
    : square(x).sum(along: 1, keepingAxis: true) * (0.5 * scale * scale)
  let limit = Tensor(randomFeatureLimit, dtype: x.dtype)
  let limited = minimum(maximum(exponents - shift, -limit), limit)
  return exp(limited) * (1 / Double(projection.shape[1]).squareRoot())
}
