import CGodwitKernels

/// How a product's rows, columns and steps are cut.
extension MatrixProblem {
  /// Rows of a strip: as many as divide the rows evenly among the fewest tiles.
  var stripRows: Int {
    let strips = (m + Int(table.pointee.rows) - 1) / Int(table.pointee.rows)
    return (m + strips - 1) / strips
  }
  var rowStrips: Int { (m + stripRows - 1) / stripRows }

  /// Columns of a strip, the last perhaps of fewer.
  var stripColumns: Int { Int(table.pointee.columns) }
  var columnStrips: Int { (n + stripColumns - 1) / stripColumns }

  /// Steps summed by one tile. Strips of that length need not fit the first cache, as they come in the order of their
  /// memory; fewer steps would pass through c more often. An even number of blocks can be shared by two threads.
  var stepsInBlock: Int {
    let most = 2048 / elementSize
    let fewest = (k + most - 1) / most
    let blocks = fewest <= 1 ? 1 : (fewest + 1) / 2 * 2
    return min(((k + blocks - 1) / blocks + 7) / 8 * 8, k)
  }

  /// The blocks of steps in their order, each summed by itself.
  var blocksOfSteps: [Range<Int>] {
    let block = stepsInBlock
    return stride(from: 0, to: k, by: block).map { $0..<min($0 + block, k) }
  }

  /// Blocks of steps, as many to a group as can be packed in `byteCount` where a step has `count` elements.
  func stepGroups(byteCount: Int, count: Int) -> [[Range<Int>]] {
    let block = stepsInBlock
    let most = max(byteCount / (count * block * elementSize), 1) * block
    return stride(from: 0, to: k, by: most).map { start in
      stride(from: start, to: min(start + most, k), by: block).map { $0..<min($0 + block, k) }
    }
  }

  /// One tile of c; the first block of steps replaces c unless the product accumulates, the last adds the bias.
  /// What is read of b is also written to `copy`, as a packed strip; the rows must then be packed.
  @inline(__always)
  func tile(
    row: Int, column: Int, steps: Range<Int>, a: UnsafeRawPointer, rowStride: Int, stepStride: Int,
    b: UnsafeRawPointer, ldb: Int, copy: UnsafeMutableRawPointer? = nil, ahead: UnsafeRawPointer? = nil,
    aheadStride: Int = 0
  ) {
    let bias = steps.upperBound == k ? self.bias : nil
    table.pointee.tile(
      Int64(steps.count), a, Int64(rowStride), Int64(stepStride), b, Int64(ldb), c + (row * ldc + column) * elementSize,
      Int64(ldc), Int64(min(stripRows, m - row)), Int64(min(stripColumns, n - column)),
      bias.map { $0 + column * elementSize }, accumulate || steps.lowerBound > 0 ? 1 : 0, copy, ahead,
      Int64(aheadStride))
  }
}

extension Range<Int> {
  /// The part `index` of `count` nearly equal ones.
  func part(_ index: Int, of count: Int) -> Range<Int> {
    lowerBound + self.count * index / count..<lowerBound + self.count * (index + 1) / count
  }
}
