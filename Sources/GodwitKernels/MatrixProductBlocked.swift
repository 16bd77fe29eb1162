import CGodwitKernels

/// The product of many rows: one factor is packed once and shared, a task packs parts of the other for itself; rows of a
/// are read in place instead where that costs the tiles nothing.
///
/// A task's part and the piece of c that it belongs to stay in its core's cache. What will be packed next is brought
/// near while the tiles work.
struct BlockedMatrixProduct {
  let problem: MatrixProblem
  let threads: Int
  /// Whether the rows of a are shared, as they are so few that they stay near; else the columns of b are.
  let sharesRows: Bool
  let readsRowsInPlace: Bool
  let shared, own: Side

  /// A factor as strips.
  struct Side {
    let operand: MatrixOperand
    /// Rows of a, or columns of b.
    let extent: Int
    /// Of them in a strip.
    let width: Int
    var strips: Int { (extent + width - 1) / width }

    func range(ofStrips strips: Range<Int>) -> Range<Int> {
      strips.lowerBound * width..<min(strips.upperBound * width, extent)
    }
  }

  init(_ problem: MatrixProblem, threads: Int) {
    self.problem = problem
    self.threads = threads
    sharesRows = problem.m <= 256 && problem.n >= problem.m
    // A tile that copies columns has no place left for the pointers to rows that lie along the steps.
    readsRowsInPlace = problem.readsRowsInPlace && (!sharesRows || problem.a.stride == 1)
    let rows = Side(operand: problem.a, extent: problem.m, width: problem.stripRows)
    let columns = Side(operand: problem.b, extent: problem.n, width: problem.stripColumns)
    (shared, own) = sharesRows ? (rows, columns) : (columns, rows)
  }

  func run() {
    let stripsAtOnce = 4096 / shared.width
    for first in stride(from: 0, to: shared.strips, by: stripsAtOnce) {
      run(sharedStrips: first..<min(first + stripsAtOnce, shared.strips))
    }
  }

  private func run(sharedStrips: Range<Int>) {
    let range = shared.range(ofStrips: sharedStrips)
    let size = problem.elementSize
    // Strips whose piece of c fits the cache beside the packed ones.
    let stripsInPart = max(min((256 << 10) / (range.count * own.width * size), 12), 2)
    let parts = (own.strips + stripsInPart - 1) / stripsInPart
    let tasks = threads == 1 ? 1 : min((parts + threads - 1) / threads * threads, 8 * threads, own.strips)
    let groups = problem.stepGroups(byteCount: 2 << 20, count: range.count)
    for (index, blocks) in groups.enumerated() {
      let next = index + 1 < groups.count ? groups[index + 1] : []
      withSharedStrips(range, count: sharedStrips.count, blocks: blocks) { shared in
        parallelFor(tasks) { task in
          let strips = (0..<own.strips).part(task, of: tasks)
          run(own: strips, parts: (parts + tasks - 1) / tasks, shared: shared, blocks: blocks, next: next)
        }
      }
    }
  }

  /// Calls `body` with the shared side's strips for each block of steps.
  private func withSharedStrips(
    _ range: Range<Int>, count: Int, blocks: [Range<Int>], _ body: ([Strips]) -> Void
  ) {
    if sharesRows && readsRowsInPlace { return body(blocks.map { problem.rowsInPlace(range, steps: $0) }) }
    problem.withPackedStrips(width: shared.width, strips: count, steps: problem.stepsInBlock, blocks: blocks.count) {
      packed in
      problem.packShared(shared.operand, range, blocks: blocks, into: packed, threads: threads)
      body(blocks.indices.map { packed.strips(of: range, block: $0) })
    }
  }

  /// Some strips of the own side for one block of steps, and the tiles that they are for.
  private struct Turn {
    let range: Range<Int>
    let block: Int
    let steps: Range<Int>
  }

  /// A task: its strips of the own side in `parts` parts, each against all of the shared side.
  private func run(own strips: Range<Int>, parts: Int, shared: [Strips], blocks: [Range<Int>], next: [Range<Int>]) {
    var turns = [Turn]()
    for part in (0..<parts).map({ strips.part($0, of: parts) }) where !part.isEmpty {
      // Rows are taken a part at a time, to pass by each strip of columns; of columns, one strip passes by all rows.
      let runs = sharesRows ? part.map { $0..<$0 + 1 } : [part]
      for (block, steps) in blocks.enumerated() {
        turns += runs.map { Turn(range: own.range(ofStrips: $0), block: block, steps: steps) }
      }
    }
    let most = sharesRows ? 1 : readsRowsInPlace ? 0 : (strips.count + parts - 1) / parts
    problem.withPackedStrips(width: own.width, strips: most, steps: problem.stepsInBlock) { packed in
      for (index, turn) in turns.enumerated() {
        let inPlace = !sharesRows && readsRowsInPlace
        let strips = inPlace ? problem.rowsInPlace(turn.range, steps: turn.steps) : packed.strips(of: turn.range)
        var ahead: Ahead?
        if let (range, steps) = index + 1 < turns.count
          ? (turns[index + 1].range, turns[index + 1].steps) : next.first.map({ (turns[0].range, $0) })
        {
          ahead = problem.ahead(own.operand, range, steps: steps, tiles: strips.count * shared[turn.block].count)
        }
        // The first tile can copy a whole strip of columns on its way.
        let copies = sharesRows && own.operand.stride == 1 && turn.range.count == own.width
        if !copies && !inPlace { problem.pack(own.operand, turn.range, steps: turn.steps, into: packed) }
        tiles(
          rows: sharesRows ? shared[turn.block] : strips, columns: sharesRows ? strips : shared[turn.block],
          steps: turn.steps, copy: copies ? packed.base : nil, ahead: &ahead)
      }
    }
  }

  private func tiles(
    rows: Strips, columns: Strips, steps: Range<Int>, copy: UnsafeMutableRawPointer?, ahead: inout Ahead?
  ) {
    for columnStrip in 0..<columns.count {
      let column = columns.range.lowerBound + columnStrip * columns.width
      for rowStrip in 0..<rows.count {
        let copies = copy != nil && rowStrip == 0
        problem.tile(
          row: rows.range.lowerBound + rowStrip * rows.width, column: column, steps: steps,
          a: rows.strip(rowStrip), rowStride: rows.stride, stepStride: rows.stepStride,
          b: copies ? problem.start(problem.b, columns.range, steps) : columns.strip(columnStrip),
          ldb: copies ? problem.b.stepStride : columns.stepStride, copy: copies ? copy : nil, ahead: ahead?.next(),
          aheadStride: ahead?.stride ?? 0)
      }
    }
  }
}
