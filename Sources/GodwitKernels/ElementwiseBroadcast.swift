import CGodwitKernels

/// y = f(a, b), element by element over `shape`; y is dense.
///
/// - Parameters:
///   - aStrides: elements from one index to the next, for each axis; 0 repeats. The same for `bStrides`.
///   - y: may be an operand of the same layout.
package func elementwise(
  _ operation: BinaryOperation, _ dtype: DType, shape: [Int], _ a: UnsafeRawPointer, aStrides: [Int],
  _ b: UnsafeRawPointer, bStrides: [Int], _ y: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  var axes = StridedAxes(shape, aStrides, bStrides)
  guard axes.count > 0 else { return }
  let size = dtype.byteCount
  // The innermost axis is a row where each array steps by 1 or stays; else every element is a row of its own.
  var rows = GW_ROWS_BOTH
  var n = 1
  if axes.rank > 0 {
    let step = (axes.strides.0[axes.rank - 1], axes.strides.1[axes.rank - 1])
    if step == (1, 1) || step == (1, 0) || step == (0, 1) {
      rows = step == (1, 1) ? GW_ROWS_BOTH : step.0 == 1 ? GW_ROW_AND_SCALAR : GW_SCALAR_AND_ROW
      n = axes.remove(axes.rank - 1).extent
    }
  }
  let (rowCount, rowStrides) = axes.remove(axes.rank - 1)
  let loop = gw_binary_loop(isa.rawValue, dtype.doublePrecision, operation.rawValue, Int32(rows))!

  forEachPart(outer: axes.count, rows: rowCount, columns: n) { outer, part, columns in
    let (start, first) = (part.lowerBound, columns.lowerBound)
    let aStart = a + (start * rowStrides.0 + (rows == GW_SCALAR_AND_ROW ? 0 : first)) * size
    let bStart = b + (start * rowStrides.1 + (rows == GW_ROW_AND_SCALAR ? 0 : first)) * size
    let yStart = y + (start * n + first) * size
    axes.forEach(outer) { index, offsets in
      let (a, b) = (aStart + offsets.0 * size, bStart + offsets.1 * size)
      let y = yStart + index * rowCount * n * size
      loop(Int64(part.count), Int64(columns.count), a, Int64(rowStrides.0), b, Int64(rowStrides.1), y, Int64(n))
    }
  }
}
