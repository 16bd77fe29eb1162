import GodwitKernels

/// x W + b over the last axis: a dense layer.
///
/// - Parameters:
///   - x: [..., N].
///   - weight: [N, M].
///   - bias: [M], or nil for none.
/// - Returns: [..., M].
/// - Precondition: the extents agree.
/// - Complexity: 2 N M operations for each row.
public func affineMap(_ x: Tensor, weight: Tensor, bias: Tensor?) -> Tensor {
  guard let bias else { return matmul(x, weight) }
  let (count, width) = x.rowsAndWidth("affineMap")
  require(
    weight.rank == 2 && weight.shape[0] == width && bias.shape == [weight.shape[1]],
    "affineMap: x of shape \(x.shape), weight of shape \(weight.shape), bias of shape \(bias.shape)")
  let rows = x.reshaped([count, width])
  let y = fused("affineMap", [rows, weight, bias]) {
    product($0[0], $0[1], $0[2])
  } reference: {
    [matmul($0[0], $0[1]) + $0[2]]
  }
  return y[0].reshaped(x.shape.replacing(axis: -1, with: weight.shape[1]))
}

private func product(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) -> FusedResult {
  let (m, k, n) = (x.shape[0], x.shape[1], weight.shape[1])
  let y = Tensor([m, n], .float32) {
    matrixProduct(
      .float32, m: m, n: n, k: k, a: x.pointer, lda: k, transposeA: false, b: weight.pointer, ldb: n, transposeB: false,
      c: $0, ldc: n, bias: bias.pointer)
  }
  return FusedResult([y]) { dy, needed in
    guard let dy = dy[0] else { return [nil, nil, nil] }
    return [
      needed[0] ? matmul(dy, weight, transposeB: true) : nil,
      needed[1] ? matmul(x, dy, transposeA: true) : nil,
      needed[2] ? dy.sum(along: 0) : nil,
    ]
  }
}
