import CGodwitKernels

/// How a product's rows, columns and steps are cut.
extension MatrixProblem {
  /// Up to so many rows count as few: b is then read where it lies.
  static let fewRows = 16

  /// Rows of a strip: as many as divide the rows evenly among the fewest tiles.
  var stripRows: Int {
    let strips = (m + Int(table.pointee.rows) - 1) / Int(table.pointee.rows)
    return (m + strips - 1) / strips
  }
  var rowStrips: Int { (m + stripRows - 1) / stripRows }

  /// Columns of a strip, the last perhaps of fewer.
  var stripColumns: Int { Int(table.pointee.columns) }
  var columnStrips: Int { (n + stripColumns - 1) / stripColumns }

  func rows(ofStrips strips: Range<Int>) -> Range<Int> {
    strips.lowerBound * stripRows..<min(strips.upperBound * stripRows, m)
  }

  func columns(ofStrips strips: Range<Int>) -> Range<Int> {
    strips.lowerBound * stripColumns..<min(strips.upperBound * stripColumns, n)
  }

  /// Whether the rows of a are so few that all of them stay in a core's cache while the columns pass.
  var sharesRows: Bool { m <= Self.fewRows || (m <= 256 && n >= m) }

  /// Whether the tiles read full strips of b in place.
  var readsColumnsInPlace: Bool { m <= Self.fewRows && b.stride == 1 }

  /// Steps summed by one tile: a strip of b of that length fits the first cache. Not cut where each column passes once.
  var stepsInBlock: Int {
    if readsColumnsInPlace { return k }
    let most = 256
    let blocks = (k + most - 1) / most
    return min(((k + blocks - 1) / blocks + 7) / 8 * 8, k)
  }

  /// Blocks of steps, as many to a group as can be packed in `byteCount` where a step has `count` elements.
  func stepGroups(byteCount: Int, count: Int) -> [[Range<Int>]] {
    let block = stepsInBlock
    let most = max(byteCount / (count * block * elementSize), 1) * block
    return stride(from: 0, to: k, by: most).map { start in
      stride(from: start, to: min(start + most, k), by: block).map { $0..<min($0 + block, k) }
    }
  }

  /// The most tasks of equal size to deal `strips` to that have at most `most` strips each.
  func tasks(_ strips: Int, threads: Int, most: Int) -> Int {
    guard threads > 1 else { return (strips + most - 1) / most }
    let wanted = max((strips + most - 1) / most, min(4 * threads, (strips + 3) / 4))
    return min((wanted + threads - 1) / threads * threads, strips)
  }

  /// One tile of c; the first block of steps replaces c unless the product accumulates, the last adds the bias.
  @inline(__always)
  func tile(
    row: Int, column: Int, steps: Range<Int>, a: UnsafeRawPointer, b: UnsafeRawPointer, ldb: Int
  ) {
    let bias = steps.upperBound == k ? self.bias : nil
    table.pointee.tile(
      Int64(steps.count), a, Int64(stripRows), b, Int64(ldb), c + (row * ldc + column) * elementSize, Int64(ldc),
      Int64(min(stripRows, m - row)), Int64(min(stripColumns, n - column)), bias.map { $0 + column * elementSize },
      accumulate || steps.lowerBound > 0 ? 1 : 0)
  }
}
