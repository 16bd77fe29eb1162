import CGodwitKernels

/// softmax(q kᵀ · scale) v for each head, in blocks with a running maximum and sum; never a matrix T × S in memory.
///
/// A block of queries meets one block of keys after another. The sums over the keys seen so far are kept relative to a
/// maximum of the scores and scaled down where that grows: Milakov and Gimelshein 2018, "Online normalizer calculation
/// for softmax"; Dao et al. 2022, "FlashAttention", algorithm 1. A query that sees no key gives 0. Queries with scores
/// beyond the greatest float are computed once more, in float64.
///
/// - Parameters:
///   - q: [B, T, H, K] rows.
///   - k: [B, S, G, K] rows; the key heads serve H / G query heads each.
///   - v: [B, S, G, V] rows.
///   - out: [B, T, H, V] rows.
///   - logSumExp: [B, H, T], the logarithm of the sum of the exponentials of a query's scores, kept for the gradient;
///     not finite where a score is not.
/// - Complexity: 2 B H T S (K + V) operations, about half of that where causal; memory beyond the operands O(K + V) per
///   thread.
package func softmaxAttention(
  _ shape: AttentionShape, q: AttentionRows, k: AttentionRows, v: AttentionRows, out: MutableAttentionRows,
  logSumExp: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  guard shape.batch * shape.heads * shape.queries > 0 else { return }
  let table = gw_attention_table(isa.rawValue)!
  let pass = SoftmaxAttentionForward(
    table: table, shape: shape, blocks: AttentionBlocks(shape, table), q: q, k: k, v: v, out: out,
    logSumExp: logSumExp)
  if shape.queries <= SoftmaxAttentionForward.fewQueries { pass.runFew() } else { pass.run() }
  WideAttention(shape, q: q, k: k, v: v).repair(logSumExp, out: out)
}

/// The operands of a forward pass.
struct SoftmaxAttentionForward {
  let table: UnsafePointer<gw_attention>
  let shape: AttentionShape
  let blocks: AttentionBlocks
  let q, k, v: AttentionRows
  let out: MutableAttentionRows
  let logSumExp: UnsafeMutablePointer<Float>

  static let log2e: Float = 1.442_695_04

  /// A block of queries at work: the queries along the lanes, the sums over the keys seen so far.
  private struct Work {
    let block: AttentionBlocks.Block
    let query, out, max, sum: UnsafeMutablePointer<Float>
  }

  /// All blocks of all heads, some at a time, between which the keys in cache are shared.
  func run() {
    let jobs = shape.batch * shape.keyHeads
    let blocksPerTask = min(
      AttentionBlocks.together, Swift.max(jobs * blocks.perKeyHead / (4 * Threads.count), 1), blocks.perKeyHead)
    let groups = (blocks.perKeyHead + blocksPerTask - 1) / blocksPerTask
    AttentionBlocks.share(jobs * groups, operations: blocksPerTask * blocks.operations) { task in
      let lanes = blocks.queries
      let perBlock = lanes * (shape.keyWidth + shape.valueWidth + 2)
      var scratch = RecurrenceScratch(lanes * AttentionBlocks.keys, blocksPerTask * perBlock)
      let scores = scratch.take(lanes * AttentionBlocks.keys, zeroed: false)
      let rooms = scratch.take(blocksPerTask * perBlock, zeroed: false)
      for group in task {
        let first = group % groups * blocksPerTask
        run(group / groups, first..<min(first + blocksPerTask, blocks.perKeyHead), scores, rooms, perBlock)
      }
    }
  }

  /// Some blocks of queries of a key head.
  private func run(
    _ job: Int, _ indices: Range<Int>, _ scores: UnsafeMutablePointer<Float>, _ rooms: UnsafeMutablePointer<Float>,
    _ perBlock: Int
  ) {
    let (batch, keyHead, lanes) = (job / shape.keyHeads, job % shape.keyHeads, blocks.queries)
    let key = k.pointer + batch * k.batchStride + keyHead * shape.keyWidth
    let value = v.pointer + batch * v.batchStride + keyHead * shape.valueWidth
    let works = indices.map { index in
      let query = rooms + (index - indices.lowerBound) * perBlock
      let out = query + lanes * shape.keyWidth
      let max = out + lanes * shape.valueWidth
      return Work(
        block: blocks.block(index, keyHead: keyHead), query: query, out: out, max: max, sum: max + lanes)
    }
    for work in works { begin(work, batch) }
    for start in stride(from: 0, to: works[0].block.keys, by: AttentionBlocks.keys) {
      for work in works where work.block.keys > start {
        step(work, start..<min(start + AttentionBlocks.keys, work.block.keys), key, value, scores)
      }
    }
    for work in works {
      if !normalise(work) && shape.causal {
        // Once more, as what is not a number may come from a value that the query does not see.
        begin(work, batch)
        for start in stride(from: 0, to: work.block.keys, by: AttentionBlocks.keys) {
          step(
            work, start..<min(start + AttentionBlocks.keys, work.block.keys), key, value, scores, onlySeen: true)
        }
        _ = normalise(work)
      }
      store(work, batch)
    }
  }

  private func begin(_ work: Work, _ batch: Int) {
    let (block, lanes) = (work.block, blocks.queries)
    if block.queries.count < lanes { work.query.update(repeating: 0, count: lanes * shape.keyWidth) }
    table.pointee.transpose(
      block.queries.count, shape.keyWidth,
      q.pointer + batch * q.batchStride + block.queries.lowerBound * q.rowStride + block.head * shape.keyWidth,
      q.rowStride, work.query, lanes, shape.scale * Self.log2e)
    work.out.update(repeating: 0, count: lanes * shape.valueWidth)
    work.max.update(repeating: -.infinity, count: lanes)
    work.sum.update(repeating: 0, count: lanes)
  }

  /// One more block of keys.
  ///
  /// - Parameter onlySeen: leave out what a query does not see, rather than multiply it by 0.
  private func step(
    _ work: Work, _ keys: Range<Int>, _ key: UnsafePointer<Float>, _ value: UnsafePointer<Float>,
    _ scores: UnsafeMutablePointer<Float>, onlySeen: Bool = false
  ) {
    let (block, lanes) = (work.block, blocks.queries)
    blocks.pieces(keys, position: block.position) { piece in
      let first = piece.firstVector * blocks.width
      table.pointee.product(
        piece.keys.count, block.vectors - piece.firstVector, shape.keyWidth,
        key + piece.keys.lowerBound * k.rowStride, k.rowStride, 1, work.query + first, lanes,
        scores + (piece.keys.lowerBound - keys.lowerBound) * lanes + first, lanes, 0)
    }
    table.pointee.soften(
      keys.count, block.vectors, -lanes, blocks.shift(keys, position: block.position), scores, work.max, work.sum,
      shape.valueWidth, work.out, lanes)
    blocks.pieces(keys, position: block.position) { piece in
      let first = piece.firstVector * blocks.width
      let weights = scores + (piece.keys.lowerBound - keys.lowerBound) * lanes + first
      let values = value + piece.keys.lowerBound * v.rowStride
      if onlySeen {
        blocks.seenProducts(piece, block, table, weights)
          .addToQueries(shape.valueWidth, values, v.rowStride, work.out + first)
      } else {
        table.pointee.product(
          shape.valueWidth, block.vectors - piece.firstVector, piece.keys.count, values, 1, v.rowStride, weights, lanes,
          work.out + first, lanes, 1)
      }
    }
  }

  /// Divides the sums of a block; whether the results are numbers.
  private func normalise(_ work: Work) -> Bool {
    table.pointee.normalise(work.block.vectors, work.max, work.sum, shape.valueWidth, work.out, blocks.queries) != 0
  }

  private func store(_ work: Work, _ batch: Int) {
    let (block, lanes) = (work.block, blocks.queries)
    table.pointee.transpose(
      shape.valueWidth, block.queries.count, work.out, lanes,
      out.pointer + batch * out.batchStride + block.queries.lowerBound * out.rowStride
        + block.head * shape.valueWidth, out.rowStride, 1)
    (logSumExp + (batch * shape.heads + block.head) * shape.queries + block.queries.lowerBound)
      .update(from: work.sum, count: block.queries.count)
  }
}
