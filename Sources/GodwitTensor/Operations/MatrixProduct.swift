import GodwitKernels

/// The matrix product of the last two axes; axes before them broadcast.
///
/// - Parameters:
///   - a: [..., M, K], or [..., K, M] with `transposeA`.
///   - b: [..., K, N], or [..., N, K] with `transposeB`.
/// - Returns: [..., M, N].
/// - Precondition: both have at least two axes and agree in K.
/// - Complexity: 2 M N K operations for each matrix.
public func matmul(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
  require(a.rank >= 2 && b.rank >= 2, "matmul: \(a.shape) and \(b.shape); both need at least two axes")
  require(a.dtype == b.dtype, "matmul: \(a.dtype) and \(b.dtype) differ")
  let k = a.shape[a.rank - (transposeA ? 2 : 1)]
  require(
    k == b.shape[b.rank - (transposeB ? 1 : 2)],
    "matmul: inner dimensions of \(a.shape)\(transposeA ? " transposed" : "") and \(b.shape)\(transposeB ? " transposed" : "") differ"
  )
  if b.rank == 2, a.rank > 2, !transposeA {
    // One large product instead of a batch of small ones; also in the derivatives.
    let product = matmul(a.reshaped([a.rowsAndWidth("matmul").rows, k]), b, transposeB: transposeB)
    return product.reshaped(a.shape.replacing(axis: -1, with: product.shape[1]))
  }
  return bilinear(a, b) {
    evaluate($0, $1, transposeA, transposeB)
  } operation: {
    matmul($0, $1, transposeA: transposeA, transposeB: transposeB)
  } pullA: { _, b, d in
    transposeA ? matmul(b, d, transposeA: transposeB, transposeB: true) : matmul(d, b, transposeB: !transposeB)
  } pullB: { a, _, d in
    transposeB ? matmul(d, a, transposeA: true, transposeB: transposeA) : matmul(a, d, transposeA: !transposeA)
  }
}

/// The product of values; the batch axes broadcast, and an operand without them is shared rather than copied.
private func evaluate(_ a: Tensor, _ b: Tensor, _ transposeA: Bool, _ transposeB: Bool) -> Tensor {
  let (rowsA, columnsA) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
  let (rowsB, columnsB) = (b.shape[b.rank - 2], b.shape[b.rank - 1])
  let (m, k, n) =
    transposeA ? (columnsA, rowsA, transposeB ? rowsB : columnsB) : (rowsA, columnsA, transposeB ? rowsB : columnsB)
  let batchA = Shape(a.shape.dropLast(2))
  let batchB = Shape(b.shape.dropLast(2))
  let batch = Shape.broadcast(batchA, batchB, of: "matmul")
  // A batch that is neither the full one nor a single matrix is written out.
  let x = batchA == batch || batchA.elementCount == 1 ? a : a.broadcast(to: Shape(Array(batch) + [rowsA, columnsA]))
  let y = batchB == batch || batchB.elementCount == 1 ? b : b.broadcast(to: Shape(Array(batch) + [rowsB, columnsB]))
  return Tensor(Shape(Array(batch) + [m, n]), a.dtype) { c in
    if batch.elementCount == 1 {
      matrixProduct(
        a.dtype, m: m, n: n, k: k, a: x.pointer, lda: columnsA, transposeA: transposeA, b: y.pointer, ldb: columnsB,
        transposeB: transposeB, c: c, ldc: n)
      return
    }
    batchedMatrixProduct(
      a.dtype, batch: batch.elementCount, m: m, n: n, k: k, a: x.pointer, lda: columnsA,
      strideA: batchA.elementCount == 1 ? 0 : rowsA * columnsA, transposeA: transposeA, b: y.pointer, ldb: columnsB,
      strideB: batchB.elementCount == 1 ? 0 : rowsB * columnsB, transposeB: transposeB, c: c, ldc: n, strideC: m * n)
  }
}
