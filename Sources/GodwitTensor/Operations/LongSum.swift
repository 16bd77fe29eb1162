import GodwitKernels

// A sum of many addends as two tensors: the sum, and the rest that rounding took from it. What both stand for is their sum: in
// float64, and to a derivative, all of it is in the first, and the rest is 0.

/// `sum + rest + x` as a sum and a rest, all of one shape.
///
/// Kahan 1965, "Further remarks on reducing truncation errors": of n addends of one sign the error is about 2⁻²⁴ of the sum, for
/// any n.
package func longSum(_ sum: Tensor, _ rest: Tensor, adding x: Tensor) -> (sum: Tensor, rest: Tensor) {
  require(
    sum.shape == rest.shape && sum.shape == x.shape,
    "longSum: a sum of shape \(sum.shape), a rest of \(rest.shape), addends of \(x.shape)")
  let y = fused("longSum", [sum, rest, x]) { x in
    let outputs = [Tensor(x[0].shape, .float32) { _ in }, Tensor(x[0].shape, .float32) { _ in }]
    withExtendedLifetime((x, outputs)) {
      addToLongSum(
        x[0].count, x[2].floats, to: LongSumRows(sum: x[0].floats, rest: x[1].floats),
        after: MutableLongSumRows(sum: outputs[0].freshFloats, rest: outputs[1].freshFloats))
    }
    return FusedResult(outputs) { dy, _ in [dy[0], dy[0], dy[0]] }
  } reference: { x in
    [x[0] + x[1] + x[2], Tensor(zeros: x[0].shape, dtype: x[0].dtype)]
  }
  return (y[0], y[1])
}

/// What a sum and its rest stand for, rounded: the sum itself, without any work; to a derivative both.
package func longSumValue(_ sum: Tensor, _ rest: Tensor) -> Tensor {
  require(sum.shape == rest.shape, "longSumValue: a sum of shape \(sum.shape), a rest of \(rest.shape)")
  return fused("longSumValue", [sum, rest]) { x in
    FusedResult([x[0]]) { dy, _ in [dy[0], dy[0]] }
  } reference: {
    [$0[0] + $0[1]]
  }[0]
}

/// One position of `outerProductRecurrence` without decay: S += k vᵀ, y = Sᵀ q, where S is a sum and a rest [B, H, K, V].
///
/// - Parameters:
///   - query: [B, 1, H, K].
///   - key: [B, 1, H, K].
///   - value: [B, 1, H, V].
/// - Returns: y [B, 1, H, V], and S.
package func longSumStep(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, sum: Tensor, rest: Tensor
) -> (output: Tensor, sum: Tensor, rest: Tensor) {
  let (q, v) = (query.shape, value.shape)
  require(
    q.rank == 4 && v.rank == 4 && q[1] == 1 && key.shape == q && Array(v.dropLast()) == Array(q.dropLast())
      && sum.shape == [q[0], q[2], q[3], v[3]] && rest.shape == sum.shape,
    "longSumStep: queries \(q), keys \(key.shape), values \(v), a sum of \(sum.shape), a rest of \(rest.shape)")
  let y = fused("longSumStep", [query, key, value, sum, rest]) { x in
    let outputs = [x[2], x[3], x[3]].map { Tensor($0.shape, .float32) { _ in } }
    withExtendedLifetime((x, outputs)) {
      GodwitKernels.longSumStep(
        q[0] * q[2], keyWidth: q[3], valueWidth: v[3], query: x[0].floats, key: x[1].floats, value: x[2].floats,
        before: LongSumRows(sum: x[3].floats, rest: x[4].floats),
        after: MutableLongSumRows(sum: outputs[1].freshFloats, rest: outputs[2].freshFloats),
        output: outputs[0].freshFloats)
    }
    return FusedResult(outputs) { dy, _ in gradients(x, sum: outputs[1], dOutput: dy[0], dSum: dy[1]) }
  } reference: { x in
    let (columns, row) = (heads(x[1], columns: true), heads(x[2], columns: false))
    let sum = x[3] + x[4] + columns * row
    let output = (heads(x[0], columns: true) * sum).sum(along: 2)
    return [output.reshaped(x[2].shape), sum, Tensor(zeros: sum.shape, dtype: sum.dtype)]
  }
  return (y[0], y[1], y[2])
}

/// [B, 1, H, N] as [B, H, N, 1], or as [B, H, 1, N].
private func heads(_ x: Tensor, columns: Bool) -> Tensor {
  x.reshaped(columns ? [x.shape[0], x.shape[2], x.shape[3], 1] : [x.shape[0], x.shape[2], 1, x.shape[3]])
}

private func gradients(_ x: [Tensor], sum: Tensor, dOutput: Tensor?, dSum: Tensor?) -> [Tensor?] {
  let (query, key, value) = (heads(x[0], columns: true), heads(x[1], columns: false), heads(x[2], columns: true))
  var (dMatrix, dQuery) = (dSum, nil as Tensor?)
  if let dOutput {
    let dRow = heads(dOutput, columns: false)
    dQuery = matmul(sum, heads(dOutput, columns: true)).reshaped(x[0].shape)
    dMatrix = dMatrix.map { $0 + query * dRow } ?? query * dRow
  }
  return [
    dQuery, dMatrix.map { matmul($0, value).reshaped(x[1].shape) },
    dMatrix.map { matmul(key, $0).reshaped(x[2].shape) },
    dMatrix, dMatrix,
  ]
}
