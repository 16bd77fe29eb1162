import CGodwitKernels

/// y[o, i] is the place of the greatest of x[o, 0 ..< n, i], the first of equals; of the first NaN if there is one.
///
/// - Precondition: n > 0.
package func argmax(
  _ dtype: DType, outer: Int, n: Int, inner: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutablePointer<Int32>,
  on isa: InstructionSet = .current
) {
  let table = gw_reduction_table(isa.rawValue, dtype.doublePrecision)!
  let size = dtype.byteCount
  parallelRanges(outer * inner, grain: max(cheapGrain / max(n, 1), 1)) { range in
    for index in range {
      let start = index / inner * n * inner + index % inner
      y[index] = Int32(truncatingIfNeeded: table.pointee.argmax(Int64(n), x + start * size, Int64(inner)))
    }
  }
}
