import CGodwitKernels

/// y[i] = table[indices[i]]: `count` rows of `width` elements.
///
/// - Precondition: every index is a row of the table.
package func gatherRows(
  _ dtype: DType, count: Int, width: Int, table: UnsafeRawPointer, indices: UnsafePointer<Int32>,
  _ y: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  let bytes = width * dtype.byteCount
  parallelRanges(count, grain: max(cheapGrain / max(width, 4), 1)) { range in
    if bytes == 4 {
      let (source, target) = (table.assumingMemoryBound(to: UInt32.self), y.assumingMemoryBound(to: UInt32.self))
      for index in range { target[index] = source[Int(indices[index])] }
    } else {
      for index in range { (y + index * bytes).copyMemory(from: table + Int(indices[index]) * bytes, byteCount: bytes) }
    }
  }
}

/// table[indices[i]] += x[i], in the order of i: `count` rows of `width` elements, a table of `rows`.
///
/// Each thread takes some columns, or where rows are short some rows of the table, so that the order of the additions
/// does not depend on their number.
/// - Precondition: every index is in `0 ..< rows`.
package func scatterAddRows(
  _ dtype: DType, count: Int, width: Int, _ x: UnsafeRawPointer, indices: UnsafePointer<Int32>, rows: Int,
  table: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  let size = dtype.byteCount
  func run(columns: Range<Int>, rows: Range<Int>) {
    gw_scatter_add(
      Int64(count), Int64(columns.count), x + columns.lowerBound * size, Int64(width), indices,
      Int64(rows.lowerBound), Int64(rows.upperBound), table + columns.lowerBound * size, Int64(width),
      dtype.doublePrecision)
  }
  if count * width < 2 * cheapGrain { return run(columns: 0..<width, rows: 0..<rows) }
  let threads = Threads.count
  if width >= 32 * threads {
    parallelFor(threads) { run(columns: (width * $0 / threads)..<(width * ($0 + 1) / threads), rows: 0..<rows) }
  } else {
    parallelFor(threads) { run(columns: 0..<width, rows: (rows * $0 / threads)..<(rows * ($0 + 1) / threads)) }
  }
}
