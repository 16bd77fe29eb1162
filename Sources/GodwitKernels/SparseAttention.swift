import CGodwitKernels

/// Softmax attention in which a query sees only the keys of a plan: what it does not see costs nothing.
///
/// Each tile is computed as a block of `softmaxAttention`, with a running maximum and sum. A later pass goes on from the
/// results of those before: their log-sum-exp is its first maximum. A query that sees no key gives 0. Queries with scores
/// beyond the greatest float are computed once more, in float64.
///
/// - Parameters:
///   - shape: of which `causal` and `offset` do not matter here.
///   - q: [B, T, H, K] rows.
///   - k: [B, S, G, K] rows; the key heads serve H / G query heads each.
///   - v: [B, S, G, V] rows.
///   - out: [B, T, H, V] rows.
///   - logSumExp: [B, H, T], the logarithm of the sum of the exponentials of a query's scores, kept for the gradient.
/// - Complexity: 2 B H N (K + V) operations for N pairs of a query and a key that it sees; memory beyond the operands
///   O(K + V) per thread.
package func sparseAttention(
  _ shape: AttentionShape, _ plan: SparseAttentionPlan, q: AttentionRows, k: AttentionRows, v: AttentionRows,
  out: MutableAttentionRows, logSumExp: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_attention_table(isa.rawValue)!
  let pass = SparseAttentionForward(
    tiles: SparseTiles(table: table, shape: shape, plan: plan), q: q, k: k, v: v, out: out, logSumExp: logSumExp)
  for index in plan.passes.indices { pass.run(index) }
  // Between passes a large log-sum-exp is rounded, which changes the weights of the one against those of the other.
  let limit: Float = plan.passes.count > 1 ? 0x1p10 : .greatestFiniteMagnitude
  WideAttention(shape, q: q, k: k, v: v, plan).repair(logSumExp, out: out, beyond: limit)
}

/// The operands of a forward pass.
struct SparseAttentionForward {
  let tiles: SparseTiles
  let q, k, v: AttentionRows
  let out: MutableAttentionRows
  let logSumExp: UnsafeMutablePointer<Float>

  var shape: AttentionShape { tiles.shape }
  var table: UnsafePointer<gw_attention> { tiles.table }

  /// A tile at work for one head: queries along the lanes, the sums over the keys seen so far, scores.
  private struct Work {
    let query, out, max, sum, scores: UnsafeMutablePointer<Float>
  }

  /// All tiles of a pass for all heads.
  func run(_ pass: Int) {
    let range = tiles.plan.passes[pass]
    let heads = shape.batch * shape.heads
    guard heads > 0, !range.isEmpty else { return }
    let together = tiles.headsTogether
    AttentionBlocks.share(heads * range.count, operations: tiles.operations) { task in
      let lanes = SparseAttentionPlan.lanes
      var scratch = RecurrenceScratch(
        lanes * shape.keyWidth, lanes * shape.valueWidth, lanes, lanes, lanes * AttentionBlocks.keys,
        fewScratch)
      let work = Work(
        query: scratch.take(lanes * shape.keyWidth), out: scratch.take(lanes * shape.valueWidth),
        max: scratch.take(lanes), sum: scratch.take(lanes), scores: scratch.take(lanes * AttentionBlocks.keys))
      let few = scratch.take(fewScratch)
      for index in task {
        let (group, place) = (index / (together * range.count), index % (together * range.count))
        let tile = range.lowerBound + place / together
        let head = group * together + place % together
        let (batch, own) = (head / shape.heads, head % shape.heads)
        if tiles.plan.tiles[tile].queries.count <= Self.fewQueries {
          runFew(tiles.plan.tiles[tile], batch, own, few, resumes: pass > 0)
        } else {
          run(tiles.plan.tiles[tile], batch, own, work, resumes: pass > 0)
        }
      }
    }
  }

  /// A tile of one head.
  ///
  /// - Parameter onlySeen: leave out what a query does not see, rather than multiply it by 0.
  private func run(
    _ tile: SparseAttentionPlan.Tile, _ batch: Int, _ head: Int, _ work: Work, resumes: Bool, onlySeen: Bool = false
  ) {
    let (queries, width) = (tile.queries, tiles.width)
    let vectors = (queries.count + width - 1) / width
    let lanes = vectors * width
    let target = out.pointer + batch * out.batchStride + queries.start * out.rowStride + head * shape.valueWidth
    let logSums = logSumExp + (batch * shape.heads + head) * shape.queries + queries.start
    if queries.count < lanes {
      work.query.update(repeating: 0, count: lanes * shape.keyWidth)
      work.out.update(repeating: 0, count: lanes * shape.valueWidth)
    }
    table.pointee.transpose(
      queries.count, shape.keyWidth,
      q.pointer + batch * q.batchStride + queries.start * q.rowStride + head * shape.keyWidth,
      q.rowStride * queries.step, work.query, lanes, shape.scale * SoftmaxAttentionForward.log2e)
    if resumes {
      table.pointee.transpose(
        queries.count, shape.valueWidth, target, out.rowStride * queries.step, work.out, lanes, 1)
      work.max.update(repeating: 0, count: lanes)
      for lane in 0..<queries.count {
        work.max[lane] = logSums[lane * queries.step] * SoftmaxAttentionForward.log2e
      }
      work.sum.update(repeating: 1, count: lanes)
    } else {
      work.out.update(repeating: 0, count: lanes * shape.valueWidth)
      work.max.update(repeating: -.infinity, count: lanes)
      work.sum.update(repeating: 0, count: lanes)
    }
    let keyHead = head / shape.group
    let key = k.pointer + batch * k.batchStride + keyHead * shape.keyWidth
    let value = v.pointer + batch * v.batchStride + keyHead * shape.valueWidth
    tiles.forEachBlock(of: tile) { run, keys in step(run, keys, vectors, key, value, work, onlySeen) }

    let areNumbers = table.pointee.normalise(vectors, work.max, work.sum, shape.valueWidth, work.out, lanes) != 0
    // Once more, as what is not a number may come from a value that the query does not see.
    if !areNumbers && !onlySeen { return self.run(tile, batch, head, work, resumes: resumes, onlySeen: true) }
    table.pointee.transpose(
      shape.valueWidth, queries.count, work.out, lanes, target, out.rowStride * queries.step, 1)
    for lane in 0..<queries.count { logSums[lane * queries.step] = work.sum[lane] }
  }

  /// Some more keys of a run.
  @inline(__always)
  private func step(
    _ run: SparseAttentionPlan.Run, _ keys: Range<Int>, _ vectors: Int, _ key: UnsafePointer<Float>,
    _ value: UnsafePointer<Float>, _ work: Work, _ onlySeen: Bool
  ) {
    let lanes = vectors * tiles.width
    let (keyStride, valueStride) = (k.rowStride * run.rows.step, v.rowStride * run.rows.step)
    tiles.forEachPiece(of: run, keys, vectors: vectors) { piece, first, count in
      table.pointee.product(
        piece.count, count, shape.keyWidth, key + run.rows.start * k.rowStride + piece.lowerBound * keyStride,
        keyStride, 1, work.query + first, lanes,
        work.scores + (piece.lowerBound - keys.lowerBound) * lanes + first, lanes, 0)
    }
    table.pointee.soften(
      keys.count, vectors, run.low - keys.lowerBound, run.high - keys.lowerBound, work.scores, work.max, work.sum,
      shape.valueWidth, work.out, lanes)
    tiles.forEachPiece(of: run, keys, vectors: vectors) { piece, first, count in
      let values = value + run.rows.start * v.rowStride + piece.lowerBound * valueStride
      let weights = work.scores + (piece.lowerBound - keys.lowerBound) * lanes + first
      if onlySeen {
        tiles.seenProducts(of: run, piece, first, count, weights, lanes)
          .addToQueries(shape.valueWidth, values, valueStride, work.out + first)
      } else {
        table.pointee.product(
          shape.valueWidth, count, piece.count, values, 1, valueStride, weights, lanes, work.out + first, lanes, 1)
      }
    }
  }
}
