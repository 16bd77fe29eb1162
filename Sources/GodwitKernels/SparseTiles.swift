import CGodwitKernels

/// The tiles of a plan as the inner loops take them: some keys of a run at a time, and of these the pieces that a range
/// of vectors sees.
struct SparseTiles {
  let table: UnsafePointer<gw_attention>
  let shape: AttentionShape
  let plan: SparseAttentionPlan

  /// Float lanes of a vector.
  var width: Int { Int(table.pointee.width) }

  /// Heads that work on one tile after another: their rows lie side by side in memory, and what a few of them read fits into
  /// the cache.
  var headsTogether: Int { (1...4).last { shape.heads % $0 == 0 }! }

  /// Multiply-adds of a tile of one head on the average.
  var operations: Int { plan.pairsPerTile * (shape.keyWidth + shape.valueWidth) }

  /// Calls `body` for the keys of each run of a tile that some lane sees, at most `AttentionBlocks.keys` at a time.
  @inline(__always)
  func forEachBlock(
    of tile: SparseAttentionPlan.Tile, _ body: (_ run: SparseAttentionPlan.Run, _ keys: Range<Int>) -> Void
  ) {
    for index in tile.runs {
      let run = plan.runs[index]
      let last = min(run.rows.count, run.high + tile.queries.count)
      for start in stride(from: max(run.low, 0), to: last, by: AttentionBlocks.keys) {
        body(run, start..<min(start + AttentionBlocks.keys, last))
      }
    }
  }

  /// Cuts keys of a run where the vectors that see some of them change.
  @inline(__always)
  func forEachPiece(
    of run: SparseAttentionPlan.Run, _ keys: Range<Int>, vectors: Int,
    _ body: (_ keys: Range<Int>, _ firstLane: Int, _ vectors: Int) -> Void
  ) {
    var next = keys.lowerBound
    while next < keys.upperBound {
      let first = max(next - run.high, 0) / width
      let end = next < run.low ? 0 : min((next - run.low) / width + 1, vectors)
      // The first vector sees rows up to its last lane's, those after it from their first lane's on.
      var upper = min(keys.upperBound, run.high + (first + 1) * width)
      if end < vectors { upper = min(upper, run.low + end * width) }
      if first < end { body(next..<upper, first * width, end - first) }
      next = upper
    }
  }

  /// The products of the weights of a piece that leave out what a query does not see.
  func seenProducts(
    of run: SparseAttentionPlan.Run, _ piece: Range<Int>, _ firstLane: Int, _ vectors: Int,
    _ weights: UnsafePointer<Float>, _ stride: Int
  ) -> SeenProducts {
    let shift = firstLane - piece.lowerBound
    return SeenProducts(
      table: table, keys: piece.count, vectors: vectors, low: run.low + shift, high: run.high + shift, weights: weights,
      stride: stride)
  }
}
