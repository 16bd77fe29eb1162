/// The matrix product: c = a b, or c + a b with `accumulate`, plus `bias` to each row.
///
/// Time 2 M N K flops; scratch from the memory cache, at most a few MiB for each thread. The bits depend on M, N, K,
/// the transpositions and the instruction set alone, never on the number of threads; unless b is transposed, a row has the same bits
/// alone and beside any others. Blocking as in Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication".
///
/// - Parameters:
///   - a: [M, K] rows of stride `lda`, or [K, M] with `transposeA`; strides are in elements.
///   - b: [K, N] rows of stride `ldb`, or [N, K] with `transposeB`.
///   - c: [M, N] rows of stride `ldc`; it shares no memory with a, b or bias.
///   - bias: [N], or nil for none.
package func matrixProduct(
  _ dtype: DType, m: Int, n: Int, k: Int,
  a: UnsafeRawPointer, lda: Int, transposeA: Bool = false,
  b: UnsafeRawPointer, ldb: Int, transposeB: Bool = false,
  c: UnsafeMutableRawPointer, ldc: Int, accumulate: Bool = false, bias: UnsafeRawPointer? = nil,
  on isa: InstructionSet = .currentForProducts
) {
  requireExtents("matrixProduct", m, n, k)
  requireStrides("matrixProduct", m, n, k, lda, transposeA, ldb, transposeB, ldc)
  MatrixProblem(
    table: MatrixProblem.table(dtype, isa), dtype: dtype, m: m, n: n, k: k,
    a: MatrixOperand(pointer: a, stride: transposeA ? 1 : lda, stepStride: transposeA ? lda : 1),
    b: MatrixOperand(pointer: b, stride: transposeB ? ldb : 1, stepStride: transposeB ? 1 : ldb),
    c: c, ldc: ldc, bias: bias, accumulate: accumulate
  ).run()
}

/// One matrix product for each entry of a batch: c[i] = a[i] b[i], or c[i] + a[i] b[i] with `accumulate`.
///
/// An operand shared by the whole batch has the batch stride 0. Otherwise as `matrixProduct`, whose bits each entry has.
///
/// - Parameters:
///   - strideA: elements from one entry's a to the next; `strideB` and `strideC` likewise.
package func batchedMatrixProduct(
  _ dtype: DType, batch: Int, m: Int, n: Int, k: Int,
  a: UnsafeRawPointer, lda: Int, strideA: Int, transposeA: Bool = false,
  b: UnsafeRawPointer, ldb: Int, strideB: Int, transposeB: Bool = false,
  c: UnsafeMutableRawPointer, ldc: Int, strideC: Int, accumulate: Bool = false,
  on isa: InstructionSet = .currentForProducts
) {
  requireExtents("batchedMatrixProduct", m, n, k)
  requireStrides("batchedMatrixProduct", m, n, k, lda, transposeA, ldb, transposeB, ldc)
  require(batch >= 0, "batchedMatrixProduct: a batch of \(batch)")
  let table = MatrixProblem.table(dtype, isa)
  let size = dtype.byteCount
  func problem(_ entry: Int) -> MatrixProblem {
    MatrixProblem(
      table: table, dtype: dtype, m: m, n: n, k: k,
      a: MatrixOperand(
        pointer: a + entry * strideA * size, stride: transposeA ? 1 : lda, stepStride: transposeA ? lda : 1),
      b: MatrixOperand(
        pointer: b + entry * strideB * size, stride: transposeB ? ldb : 1, stepStride: transposeB ? 1 : ldb),
      c: c + entry * strideC * size, ldc: ldc, bias: nil, accumulate: accumulate)
  }
  // Whole entries are the better tasks unless there are so few of them that threads would wait at the end.
  if batch >= 4 * Threads.count || m * n * k < MatrixProblem.serialWork {
    let grain = max(MatrixProblem.serialWork / max(m * n * k, 1), 1)
    parallelRanges(batch, grain: grain) { entries in
      for entry in entries { problem(entry).run(threads: 1) }
    }
  } else {
    for entry in 0..<batch { problem(entry).run() }
  }
}

private func requireExtents(_ name: String, _ m: Int, _ n: Int, _ k: Int) {
  require(m >= 0 && n >= 0 && k >= 0, "\(name): extents M \(m), N \(n) and K \(k); none may be negative")
}

private func requireStrides(
  _ name: String, _ m: Int, _ n: Int, _ k: Int, _ lda: Int, _ transposeA: Bool, _ ldb: Int, _ transposeB: Bool,
  _ ldc: Int
) {
  require(lda >= (transposeA ? m : k), "\(name): rows of a have \(transposeA ? m : k) elements and the stride \(lda)")
  require(ldb >= (transposeB ? k : n), "\(name): rows of b have \(transposeB ? k : n) elements and the stride \(ldb)")
  require(ldc >= n, "\(name): rows of c have \(n) elements and the stride \(ldc)")
}
