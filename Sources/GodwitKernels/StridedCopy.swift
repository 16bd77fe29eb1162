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
  let total = axes.count
  guard total > 0 else { return }
  let table = gw_copy_table(isa.rawValue, dtype.byteCount == 8 ? 1 : 0)!
  let size = dtype.byteCount
  let last = axes.rank - 1
  var across: Int?
  if last > 0, axes.strides.1[last] == 1, axes.strides.0[last] > 1 {
    across = (0..<last).first { axes.strides.0[$0] == 1 }
  }
  if let across {
    let (rows, rowStrides) = axes.remove(last)
    let (columns, columnStrides) = axes.remove(across)
    let outer = axes.count
    func run(_ outer: Range<Int>, rows piece: Range<Int>) {
      axes.forEach(outer) { _, offsets in
        table.pointee.transpose(
          Int64(piece.count), Int64(columns), x + (offsets.0 + piece.lowerBound * rowStrides.0) * size,
          Int64(rowStrides.0), y + (offsets.1 + piece.lowerBound) * size, Int64(columnStrides.1))
      }
    }
    if total < 2 * cheapGrain { return run(0..<outer, rows: 0..<rows) }
    if outer >= 8 {
      return parallelRanges(outer, grain: max(cheapGrain / (rows * columns), 1)) { run($0, rows: 0..<rows) }
    }
    let blocks = (rows + 15) / 16
    return parallelRanges(blocks, grain: max(cheapGrain / (16 * columns), 1)) {
      run(0..<outer, rows: ($0.lowerBound * 16)..<min($0.upperBound * 16, rows))
    }
  }
  let (n, steps) = axes.remove(last)
  let outer = axes.count
  func run(_ outer: Range<Int>, _ start: Int, _ count: Int) {
    axes.forEach(outer) { _, offsets in
      let source = x + (offsets.0 + start * steps.0) * size
      let target = y + (offsets.1 + start * steps.1) * size
      if steps.0 == 1, steps.1 == 1 {
        target.copyMemory(from: source, byteCount: count * size)
      } else {
        table.pointee.stepped(Int64(count), source, Int64(steps.0), target, Int64(steps.1))
      }
    }
  }
  if total < 2 * cheapGrain { return run(0..<outer, 0, n) }
  if outer >= 8 {
    parallelRanges(outer, grain: max(cheapGrain / n, 1)) { run($0, 0, n) }
  } else {
    forEachRange(n, grain: cheapGrain) { run(0..<outer, $0, $1) }
  }
}
