import CGodwitKernels

/// y[o, t, i] is the sum of x[o, 0 ... t, i], made in double; `exclusive` leaves out t, `reverse` sums from the end.
///
/// - Parameter y: may be `x`.
package func cumulativeSum(
  _ dtype: DType, outer: Int, n: Int, inner: Int, reverse: Bool, exclusive: Bool, _ x: UnsafeRawPointer,
  _ y: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  guard n > 0, inner > 0 else { return }
  let table = gw_reduction_table(isa.rawValue, dtype.doublePrecision)!
  let columns = min(inner, 128)
  let panels = (inner + columns - 1) / columns
  let first = reverse ? (n - 1) * inner : 0
  parallelRanges(outer * panels, grain: max(dearGrain / (n * columns), 1)) { tasks in
    withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { sums in
      for task in tasks {
        let column = task % panels * columns
        let start = (task / panels * n * inner + first + column) * dtype.byteCount
        sums.update(repeating: 0)
        table.pointee.running_sum(
          Int64(n), Int64(min(columns, inner - column)), x + start, y + start, Int64(reverse ? -inner : inner),
          exclusive ? 1 : 0, sums.baseAddress!)
      }
    }
  }
}
