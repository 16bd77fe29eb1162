import CGodwitKernels

/// How a product's rows, columns and steps are cut.
extension MatrixProblem {
  /// Up to so many rows count as few: b is then read where it lies.
  static let fewRows = 16

  var tileRows: Int { Int(table.pointee.rows) }
  var tileColumns: Int { Int(table.pointee.columns) }

  /// Whether the rows of a are so few that all of them stay in a core's cache while the columns pass.
  var sharesRows: Bool { m <= Self.fewRows || (m <= 256 && n >= m) }

  /// Strips of rows of a, of nearly equal heights.
  var rowStrips: Int { (m + tileRows - 1) / tileRows }

  func rows(ofStrip strip: Int) -> Range<Int> { m * strip / rowStrips..<m * (strip + 1) / rowStrips }

  /// Strips of columns of b, all but the last of the tile's width.
  var columnStrips: Int { (n + tileColumns - 1) / tileColumns }

  func columns(ofStrip strip: Int) -> Range<Int> { strip * tileColumns..<min((strip + 1) * tileColumns, n) }

  /// Whether the tiles read full strips of b in place.
  var readsColumnsInPlace: Bool { m <= Self.fewRows && b.stride == 1 }

  /// Steps summed by one tile: a strip of b of that length fits the first cache. Not cut where each column passes once.
  var stepsInBlock: Int {
    if readsColumnsInPlace { return k }
    let most = 256
    let blocks = (k + most - 1) / most
    return min(((k + blocks - 1) / blocks + 7) / 8 * 8, k)
  }

  func stepBlocks() -> [Range<Int>] {
    stride(from: 0, to: k, by: stepsInBlock).map { $0..<min($0 + stepsInBlock, k) }
  }

  /// Elements from one packed strip of `width` to the next; packing may write a vector past the end of a strip.
  func stripStride(steps: Int, width: Int) -> Int {
    (steps * width + Int(table.pointee.lanes) + 15) / 16 * 16
  }

  func pack(rows: Range<Int>, steps: Range<Int>, into strip: UnsafeMutableRawPointer) {
    let source = a.pointer + (rows.lowerBound * a.stride + steps.lowerBound * a.stepStride) * elementSize
    table.pointee.pack(
      Int64(steps.count), Int64(rows.count), Int64(rows.count), source, Int64(a.stride), Int64(a.stepStride), strip)
  }

  func pack(columns: Range<Int>, steps: Range<Int>, into strip: UnsafeMutableRawPointer) {
    table.pointee.pack(
      Int64(steps.count), Int64(tileColumns), Int64(columns.count), columnStart(columns, steps), Int64(b.stride),
      Int64(b.stepStride), strip)
  }

  func columnStart(_ columns: Range<Int>, _ steps: Range<Int>) -> UnsafeRawPointer {
    b.pointer + (columns.lowerBound * b.stride + steps.lowerBound * b.stepStride) * elementSize
  }

  /// One tile of c; the first block of steps replaces c unless the product accumulates, the last adds the bias.
  @inline(__always)
  func tile(
    _ rows: Range<Int>, _ columns: Range<Int>, _ steps: Range<Int>, a: UnsafeRawPointer, b: UnsafeRawPointer, ldb: Int
  ) {
    let bias = steps.upperBound == k ? self.bias : nil
    table.pointee.tile(
      Int64(steps.count), a, b, Int64(ldb), c + (rows.lowerBound * ldc + columns.lowerBound) * elementSize, Int64(ldc),
      Int64(rows.count), Int64(columns.count), bias.map { $0 + columns.lowerBound * elementSize },
      accumulate || steps.lowerBound > 0 ? 1 : 0)
  }

  /// Calls `body` with scratch for that many elements, taken from the memory cache.
  func withScratch(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let scratch = MemoryCache.allocate(byteCount: count * elementSize)
    defer { MemoryCache.deallocate(scratch, byteCount: count * elementSize) }
    body(scratch)
  }
}
