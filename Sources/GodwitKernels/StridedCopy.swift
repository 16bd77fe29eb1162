import CGodwitKernels

/// y[index] = x[index] for every index of `shape`.
///
/// Runs that lie together in both are moved whole; where the innermost axes of x and y differ, square blocks are
/// transposed in the cache.
/// - Parameters:
///   - xStrides: elements from one index to the next, for each axis; 0 repeats. The same for `yStrides`.
///   - y: apart from `x`, no element named twice.
package func copyStrided(
  _ dtype: DType, shape: [Int], _ x: UnsafeRawPointer, xStrides: [Int], _ y: UnsafeMutableRawPointer, yStrides: [Int],
  on isa: InstructionSet = .current
) {
  var axes = StridedAxes(shape, xStrides, yStrides)
  guard axes.count > 0 else { return }
  let table = gw_copy_table(isa.rawValue, dtype.byteCount == 8 ? 1 : 0)!
  let size = dtype.byteCount
  let last = axes.rank - 1
  if last > 0, axes.strides.1[last] == 1, axes.strides.0[last] > 1,
    let across = (0..<last).first(where: { axes.strides.0[$0] == 1 })
  {
    let (rows, rowStrides) = axes.remove(last)
    let (columns, columnStrides) = axes.remove(across)
    forEachPart(outer: axes.count, rows: rows, columns: columns) { outer, part, columns in
      let source = x + (part.lowerBound * rowStrides.0 + columns.lowerBound) * size
      let target = y + (part.lowerBound + columns.lowerBound * columnStrides.1) * size
      axes.forEach(outer) { _, offsets in
        table.pointee.transpose(
          Int64(part.count), Int64(columns.count), source + offsets.0 * size, Int64(rowStrides.0),
          target + offsets.1 * size, Int64(columnStrides.1))
      }
    }
    return
  }
  let (n, steps) = axes.remove(last)
  let isRun = n == 1 || steps == (1, 1, 0)
  let (rows, rowStrides) = isRun ? axes.remove(axes.rank - 1) : (1, (0, 0, 0))
  forEachPart(outer: axes.count, rows: rows, columns: n) { outer, part, columns in
    let source = x + (part.lowerBound * rowStrides.0 + columns.lowerBound * steps.0) * size
    let target = y + (part.lowerBound * rowStrides.1 + columns.lowerBound * steps.1) * size
    axes.forEach(outer) { _, offsets in
      let (source, target) = (source + offsets.0 * size, target + offsets.1 * size)
      if isRun {
        table.pointee.runs(
          Int64(part.count), Int64(columns.count), source, Int64(rowStrides.0), target, Int64(rowStrides.1))
      } else {
        table.pointee.stepped(Int64(columns.count), source, Int64(steps.0), target, Int64(steps.1))
      }
    }
  }
}
