/// Which rows of keys each query sees, as tiles that are computed one by one.
///
/// A tile is a few queries across the lanes of the vectors, with runs of rows of keys. Both are arithmetic progressions,
/// so that they are read where they lie, and of each run a lane sees a band: with that, no tile needs a mask.
package struct SparseAttentionPlan: Sendable, Hashable {
  /// Rows start, start + step, ...
  package struct Rows: Sendable, Hashable {
    package var start: Int
    package var step: Int
    package var count: Int

    package init(start: Int, step: Int = 1, count: Int) {
      self.start = start
      self.step = step
      self.count = count
    }

    /// The rows of a range.
    package init(_ range: Range<Int>) { self.init(start: range.lowerBound, count: range.count) }
  }

  /// Rows of keys, of which lane i of the tile sees those numbered i + low ... i + high.
  package struct Run: Sendable, Hashable {
    package var rows: Rows
    package var low: Int
    package var high: Int

    /// Rows that are seen within a band; outside of what exists it may be as wide as it likes.
    package init(_ rows: Rows, low: Int = -SparseAttentionPlan.lanes, high: Int = .max >> 32) {
      self.rows = rows
      self.low = low
      self.high = high
    }
  }

  /// Queries and the runs that they see some of.
  package struct Tile: Sendable, Hashable {
    package let queries: Rows
    package let runs: Range<Int>
  }

  /// The most queries in a tile: the number of lanes of a block of the inner loops.
  package static let lanes = 48

  package private(set) var tiles: [Tile] = []
  package private(set) var runs: [Run] = []
  /// The tiles of each pass. A pass has each query once; no two passes have a query and a key that it sees in common.
  package private(set) var passes: [Range<Int>] = []

  package init() {}

  /// One more tile of the last pass; runs without a row that a lane sees are left out.
  package mutating func add(queries: Rows, _ runs: [Run]) {
    let first = self.runs.count
    self.runs += runs.filter { $0.rows.count > 0 && $0.low < $0.rows.count && $0.high + queries.count > 0 }
    tiles.append(Tile(queries: queries, runs: first..<self.runs.count))
    passes[passes.count - 1] = passes.last!.lowerBound..<tiles.count
  }

  /// Begins the next pass.
  package mutating func beginPass() { passes.append(tiles.count..<tiles.count) }

  /// Multiply-adds of a query and a key that a tile makes on the average.
  var pairsPerTile: Int {
    var pairs = 0
    for tile in tiles {
      for run in runs[tile.runs] {
        // A band has at most so many rows for each lane; what it lacks at its ends does not matter here.
        pairs += tile.queries.count * min(run.rows.count, run.high - run.low + 1)
      }
    }
    return pairs / max(tiles.count, 1)
  }

  /// Cuts `count` queries so that no piece has more than `lanes` and all have nearly the same number.
  package static func pieces(_ range: Range<Int>) -> [Range<Int>] {
    let count = (range.count + lanes - 1) / lanes
    if count == 0 { return [] }
    // Whole vectors, of any instruction set.
    let size = ((range.count + count - 1) / count + 15) / 16 * 16
    return stride(from: range.lowerBound, to: range.upperBound, by: size).map {
      $0..<min($0 + size, range.upperBound)
    }
  }
}
