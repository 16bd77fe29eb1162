import GodwitKernels

/// exp(x) / Σ exp(x) along the last axis; without overflow however large x is.
///
/// Rows that are −∞ throughout, or hold +∞ or NaN, become NaN throughout.
public func softmax(_ x: Tensor) -> Tensor {
  rowwise(x, "softmax", GodwitKernels.softmax) { y, d in
    y * (d - (y * d).sum(along: -1, keepingAxis: true))
  } fastPullback: { y, dy, dx, rows, n in
    softmaxGradient(y.dtype, rows: rows, n: n, y: y.pointer, dy: dy.pointer, dx: dx)
  } pullback: { y, dy in
    y * (dy - (y * dy).sum(along: -1, keepingAxis: true))
  }
}

/// x − log Σ exp(x) along the last axis; without overflow however large x is.
///
/// Rows that are −∞ throughout, or hold +∞ or NaN, become NaN throughout.
public func logSoftmax(_ x: Tensor) -> Tensor {
  rowwise(x, "logSoftmax", GodwitKernels.logSoftmax) { y, d in
    d - (exp(y) * d).sum(along: -1, keepingAxis: true)
  } fastPullback: { y, dy, dx, rows, n in
    logSoftmaxGradient(y.dtype, rows: rows, n: n, y: y.pointer, dy: dy.pointer, dx: dx)
  } pullback: { y, dy in
    dy - exp(y) * dy.sum(along: -1, keepingAxis: true)
  }
}

/// log Σ exp(x) along the last axis, which goes away; −∞ over no elements, or over none but −∞.
public func logSumExp(_ x: Tensor) -> Tensor {
  let (rows, n) = x.rowsAndWidth("logSumExp")
  let result = record([x], reading: .inputs) {
    let x = $0[0]
    return [
      Tensor(x.shape.removing(axis: -1), x.dtype) { GodwitKernels.logSumExp(x.dtype, rows: rows, n: n, x.pointer, $0) }
    ]
  } pushforward: { x, _, dx in
    [dx[0].map { (softmax(x[0]) * $0).sum(along: -1) }]
  } pullback: { x, _, dy, _ in
    [dy[0].map { softmax(x[0]) * $0.reshaped(x[0].shape.replacing(axis: -1, with: 1)) }]
  }
  return result[0]
}

extension Tensor {
  /// The view [rows, n] over the last axis.
  package func rowsAndWidth(_ operation: StaticString) -> (rows: Int, n: Int) {
    let n = shape[shape.axis(-1, of: operation)]
    return (n == 0 ? shape.removing(axis: -1).elementCount : count / n, n)
  }
}

/// An operation on rows whose derivatives follow from its value.
private func rowwise(
  _ x: Tensor, _ name: StaticString,
  _ kernel: (DType, Int, Int, UnsafeRawPointer, UnsafeMutableRawPointer, InstructionSet) -> Void,
  pushforward: @Sendable (_ y: Tensor, _ dx: Tensor) -> Tensor,
  fastPullback: @escaping @Sendable (Tensor, Tensor, UnsafeMutableRawPointer, Int, Int) -> Void,
  pullback: @escaping @Sendable (_ y: Tensor, _ dy: Tensor) -> Tensor
) -> Tensor {
  let (rows, n) = x.rowsAndWidth(name)
  let result = record([x], reading: .results) {
    let x = $0[0]
    return [Tensor(x.shape, x.dtype) { kernel(x.dtype, rows, n, x.pointer, $0, .current) }]
  } pushforward: { _, y, dx in
    [dx[0].map { pushforward(y[0], $0) }]
  } pullback: { _, y, dy, _ in
    guard let dy = dy[0] else { return [nil] }
    if dy.isTraced || y[0].isTraced { return [pullback(y[0], dy)] }
    return [Tensor(dy.shape, dy.dtype) { fastPullback(y[0], dy, $0, rows, n) }]
  }
  return result[0]
}
