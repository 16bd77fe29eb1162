import GodwitKernels

extension AttentionPattern {
  /// The tiles for queries at the positions `queries`.
  ///
  /// - Precondition: none of the queries sees a key that is not kept; keys are missing under a window alone.
  /// - Complexity: O(number of tiles).
  package func plan(queries: Range<Int>, keys: KeyPositions) -> SparseAttentionPlan {
    var plan = SparseAttentionPlan()
    switch form {
    case .window(let window, let globals):
      plan.beginPass()
      // Queries that see all stand in tiles of their own.
      let seeing = causal ? queries.lowerBound : max(min(globals, queries.upperBound), queries.lowerBound)
      for piece in SparseAttentionPlan.pieces(queries.lowerBound..<seeing) {
        plan.add(queries: rows(piece, queries), [.init(.init(0..<keys.count))])
      }
      for piece in SparseAttentionPlan.pieces(seeing..<queries.upperBound) {
        plan.add(queries: rows(piece, queries), [global(piece, globals, keys), near(piece, window, globals, keys)])
      }
    case .strided(let stride, let window):
      if window > 0 {
        plan.beginPass()
        for piece in SparseAttentionPlan.pieces(queries) {
          plan.add(queries: rows(piece, queries), [near(piece, window, 0, keys)])
        }
      }
      plan.beginPass()
      addResidues(of: stride, beyond: window, queries, to: &plan)
    case .blocks(let blocks):
      plan.beginPass()
      add(blocks, queries, keys.count, to: &plan)
    }
    return plan
  }

  private func rows(_ piece: Range<Int>, _ queries: Range<Int>) -> SparseAttentionPlan.Rows {
    .init(piece.lowerBound - queries.lowerBound..<piece.upperBound - queries.lowerBound)
  }

  /// The first `globals` positions.
  private func global(_ piece: Range<Int>, _ globals: Int, _ keys: KeyPositions) -> SparseAttentionPlan.Run {
    let rows = SparseAttentionPlan.Rows(0..<min(globals, causal ? piece.upperBound : keys.count))
    return causal ? .init(rows, high: piece.lowerBound) : .init(rows)
  }

  /// The positions near the queries, without the first `globals`.
  private func near(
    _ piece: Range<Int>, _ window: Int, _ globals: Int, _ keys: KeyPositions
  ) -> SparseAttentionPlan.Run {
    let (before, after) = causal ? (window - 1, 0) : (window, window)
    let first = max(globals, piece.lowerBound - before)
    let last = max(min(piece.upperBound + after, keys.count), first)
    let start = keys.row(first)
    return .init(
      .init(start..<start + last - first), low: piece.lowerBound - before - first,
      high: piece.lowerBound + after - first)
  }

  /// The queries of one residue after another, with the keys of the same residue, the last `window` positions left out.
  private func addResidues(
    of stride: Int, beyond window: Int, _ queries: Range<Int>, to plan: inout SparseAttentionPlan
  ) {
    let within = (window + stride - 1) / stride
    for first in queries.prefix(stride) {
      let residue = first % stride
      let numbers = first / stride..<(queries.upperBound - 1 - residue) / stride + 1
      for piece in SparseAttentionPlan.pieces(numbers) {
        let start = residue + piece.lowerBound * stride - queries.lowerBound
        let keys = SparseAttentionPlan.Rows(
          start: residue, step: stride, count: max(piece.upperBound - within, 0))
        plan.add(
          queries: .init(start: start, step: stride, count: piece.count),
          [.init(keys, high: piece.lowerBound - within)])
      }
    }
  }

  private func add(_ blocks: BlockPattern, _ queries: Range<Int>, _ length: Int, to plan: inout SparseAttentionPlan) {
    let count = (length + blocks.size - 1) / blocks.size
    guard let last = queries.last else { return }
    for block in queries.lowerBound / blocks.size...last / blocks.size {
      let ranges = runs(of: blocks.keyBlocks(of: block, count: count, causal: causal)).map {
        $0.lowerBound * blocks.size..<min($0.upperBound * blocks.size, length)
      }
      let range = (block * blocks.size..<(block + 1) * blocks.size).clamped(to: queries)
      for piece in SparseAttentionPlan.pieces(range) {
        plan.add(
          queries: rows(piece, queries),
          ranges.map {
            causal ? .init(.init($0), high: piece.lowerBound - $0.lowerBound) : .init(.init($0))
          })
      }
    }
  }

  /// Increasing numbers as ranges.
  private func runs(of numbers: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for number in numbers {
      if runs.last?.upperBound == number {
        runs[runs.count - 1] = runs.last!.lowerBound..<number + 1
      } else {
        runs.append(number..<number + 1)
      }
    }
    return runs
  }
}
