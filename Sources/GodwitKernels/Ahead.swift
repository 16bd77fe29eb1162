/// Rows of memory to be read soon, whose lines tiles bring into the cache while they work.
///
/// Packing does little but wait where its source lies in memory far away.
struct Ahead {
  private let start: UnsafeRawPointer
  private let rows, linesInRow, rowStride, tiles: Int
  private var tile = 0
  /// Bytes from each line that a tile asks for to its next.
  let stride: Int

  /// - Parameters:
  ///   - tiles: how many tiles share the work.
  ///   - linesOfTile: how many lines a tile asks for.
  init(start: UnsafeRawPointer, rows: Int, rowBytes: Int, rowStride: Int, tiles: Int, linesOfTile: Int) {
    self.start = start
    self.rows = rows
    linesInRow = (rowBytes + 63) / 64
    self.rowStride = rowStride
    self.tiles = tiles
    // A tile walks along a long row, else down the rows. It may overstep their end, which does no harm.
    stride = linesInRow >= linesOfTile ? 64 : rowStride
  }

  /// Where the next tile begins; nil where there is nothing to fetch.
  @inline(__always)
  mutating func next() -> UnsafeRawPointer? {
    guard rows > 0 else { return nil }
    let line = rows * linesInRow * tile / tiles
    tile += 1
    if stride == 64 { return start + line / linesInRow * rowStride + line % linesInRow * 64 }
    return start + line % rows * rowStride + line / rows * 64
  }
}
