import CGodwitKernels

/// Some queries against some keys, with the weights scale · max(q · k, 0)²: the part that all attentions of this form share.
struct SquaredReluBlock {
  let table: UnsafePointer<gw_squared_relu>
  /// That of the products.
  let isa: InstructionSet
  let queries, keys: Int
  let keyWidth, valueWidth: Int
  /// Query i sees the keys 0 ... i + shift.
  let shift: Int
  /// One for each query.
  let scales: UnsafePointer<Float>
  /// Room for [queries, keys].
  let scores: FloatRows

  /// out (+)= weights v.
  func attend(q: FloatRows, k: FloatRows, v: FloatRows, out: FloatRows, accumulate: Bool = false) {
    multiply(m: queries, n: keys, k: keyWidth, q, k, transposeB: true, into: scores, on: isa)
    table.pointee.weights(queries, keys, shift, scales, scores.pointer, scores.stride)
    multiply(m: queries, n: valueWidth, k: keys, scores, v, into: out, accumulate: accumulate, on: isa)
  }

  /// Writes dq, and adds to dk and dv.
  ///
  /// - Parameter gradients: room for [queries, keys], with the stride of `scores`.
  func gradient(
    q: FloatRows, k: FloatRows, v: FloatRows, dOut: FloatRows, dq: FloatRows, dk: FloatRows, dv: FloatRows,
    gradients: FloatRows
  ) {
    multiply(m: queries, n: keys, k: keyWidth, q, k, transposeB: true, into: scores, on: isa)
    multiply(m: queries, n: keys, k: valueWidth, dOut, v, transposeB: true, into: gradients, on: isa)
    table.pointee.gradients(queries, keys, shift, scales, scores.pointer, gradients.pointer, scores.stride)
    multiply(
      m: keys, n: valueWidth, k: queries, scores, transposeA: true, dOut, into: dv, accumulate: true, on: isa)
    multiply(m: queries, n: keyWidth, k: keys, gradients, k, into: dq, on: isa)
    multiply(m: keys, n: keyWidth, k: queries, gradients, transposeA: true, q, into: dk, accumulate: true, on: isa)
  }
}
