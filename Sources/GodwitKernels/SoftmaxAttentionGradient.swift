import CGodwitKernels

/// The gradient of `softmaxAttention`: the probabilities are computed again from `logSumExp`, block by block.
///
/// With P the probabilities and D = dOut · out: dv = Pᵀ dOut, dS = P ∘ (dOut vᵀ - D), dq = dS k · scale,
/// dk = dSᵀ q · scale. Dao et al. 2022, "FlashAttention", algorithm 4, here with the blocks of queries outside, so that
/// a block's dq stays in cache. dk and dv of a key head are sums over the query heads that it serves.
///
/// - Parameters:
///   - q: as in the forward pass; likewise `k`, `v`, and `out` and `logSumExp`, its results.
///   - dOut: [B, T, H, V] rows, the gradient of `out`.
///   - dq: [B, T, H, K] rows, overwritten; `dk` [B, S, G, K] and `dv` [B, S, G, V] likewise.
/// - Complexity: 2 B H T S (3 K + 2 V) operations, about half of that where causal; memory beyond the operands
///   O(S (K + V)) per thread.
package func softmaxAttentionGradient(
  _ shape: AttentionShape, q: AttentionRows, k: AttentionRows, v: AttentionRows, out: AttentionRows,
  logSumExp: UnsafePointer<Float>, dOut: AttentionRows, dq: MutableAttentionRows, dk: MutableAttentionRows,
  dv: MutableAttentionRows, on isa: InstructionSet = .current
) {
  let table = gw_attention_table(isa.rawValue)!
  let wide = WideQueries(WideAttention(shape, q: q, k: k, v: v), logSumExp)
  SoftmaxAttentionBackward(
    table: table, shape: shape, blocks: AttentionBlocks(shape, table), q: q, k: k, v: v, out: out,
    logSumExp: logSumExp, dOut: dOut, dq: dq, dk: dk, dv: dv, wide: wide
  ).run()
  wide?.addGradients(dOut: dOut, dq: dq, dk: dk, dv: dv)
}

/// The operands of a backward pass.
private struct SoftmaxAttentionBackward {
  let table: UnsafePointer<gw_attention>
  let shape: AttentionShape
  let blocks: AttentionBlocks
  let q, k, v, out: AttentionRows
  let logSumExp: UnsafePointer<Float>
  let dOut: AttentionRows
  let dq, dk, dv: MutableAttentionRows
  let wide: WideQueries?

  /// The widths of heads rounded up to whole vectors.
  private var keyColumns: Int { padded(shape.keyWidth) }
  private var valueColumns: Int { padded(shape.valueWidth) }
  private func padded(_ count: Int) -> Int { (count + blocks.width - 1) / blocks.width * blocks.width }

  /// A block of queries at work: queries and gradients of outputs along the lanes and as rows, the gradient of the
  /// queries along the lanes, and for each lane the logarithm of its sum of exponentials and dOut · out.
  private struct Work {
    let block: AttentionBlocks.Block
    let query, queryRows, dOut, dOutRows, dQuery, logSum, dots: UnsafeMutablePointer<Float>
    /// Leave out what a query does not see, rather than multiply it by 0.
    var onlySeen = false
  }

  /// What the blocks of a key head share.
  private struct Shared {
    let batch, keyHead: Int
    let key, value: UnsafePointer<Float>
    let dKey, dValue, scores, gradients: UnsafeMutablePointer<Float>
  }

  func run() {
    let jobs = shape.batch * shape.keyHeads
    guard jobs > 0 else { return }
    // Few heads: their blocks are dealt out to several tasks, each with sums of its own that are added in order. The
    // number of tasks is a matter of the shape alone.
    let parts = max(min((8 + jobs - 1) / jobs, blocks.perKeyHead / 4), 1)
    let together = min(AttentionBlocks.together, max(blocks.perKeyHead / (2 * parts), 1))
    let record = shape.keys * (keyColumns + valueColumns)
    let shared = parts > 1 ? MemoryCache.allocate(byteCount: jobs * parts * record * 4) : nil
    defer { if let shared { MemoryCache.deallocate(shared, byteCount: jobs * parts * record * 4) } }
    let sharedSums = shared?.assumingMemoryBound(to: Float.self)

    AttentionBlocks.share(jobs * parts, operations: 3 * blocks.operations * blocks.perKeyHead / parts) { tasks in
      let lanes = blocks.queries
      let room = lanes * (2 * shape.keyWidth + keyColumns + shape.valueWidth + valueColumns + 2)
      var scratch = RecurrenceScratch(
        lanes * AttentionBlocks.keys, lanes * AttentionBlocks.keys, together * room, parts == 1 ? record : 0)
      let scores = scratch.take(lanes * AttentionBlocks.keys, zeroed: false)
      let gradients = scratch.take(lanes * AttentionBlocks.keys, zeroed: false)
      let rooms = scratch.take(together * room, zeroed: false)
      let ownSums = scratch.take(parts == 1 ? record : 0, zeroed: false)
      for task in tasks {
        let (job, part) = (task / parts, task % parts)
        let (batch, keyHead) = (job / shape.keyHeads, job % shape.keyHeads)
        let sums = sharedSums.map { $0 + task * record } ?? ownSums
        sums.update(repeating: 0, count: record)
        let shared = Shared(
          batch: batch, keyHead: keyHead, key: k.pointer + batch * k.batchStride + keyHead * shape.keyWidth,
          value: v.pointer + batch * v.batchStride + keyHead * shape.valueWidth, dKey: sums,
          dValue: sums + shape.keys * keyColumns, scores: scores, gradients: gradients)
        for first in stride(from: part * together, to: blocks.perKeyHead, by: parts * together) {
          run(shared, first..<min(first + together, blocks.perKeyHead), rooms, room)
        }
        if parts == 1 { store(job, 0..<shape.keys, sums, record, 1) }
      }
    }
    guard parts > 1, let sharedSums else { return }
    parallelRanges(jobs * shape.keys, grain: 64) { range in
      var next = range.lowerBound
      while next < range.upperBound {
        let job = next / shape.keys
        let end = min((job + 1) * shape.keys, range.upperBound)
        store(
          job, next - job * shape.keys..<end - job * shape.keys, sharedSums + job * parts * record, record, parts)
        next = end
      }
    }
  }

  /// Sums up the parts of dk and dv of a key head.
  private func store(
    _ job: Int, _ keys: Range<Int>, _ sums: UnsafeMutablePointer<Float>, _ record: Int, _ parts: Int
  ) {
    let (batch, g) = (job / shape.keyHeads, job % shape.keyHeads)
    table.pointee.unpack(
      keys.count, shape.keyWidth, keyColumns, sums + keys.lowerBound * keyColumns, record, parts,
      dk.pointer + batch * dk.batchStride + keys.lowerBound * dk.rowStride + g * shape.keyWidth, dk.rowStride,
      shape.scale)
    table.pointee.unpack(
      keys.count, shape.valueWidth, valueColumns, sums + shape.keys * keyColumns + keys.lowerBound * valueColumns,
      record, parts, dv.pointer + batch * dv.batchStride + keys.lowerBound * dv.rowStride + g * shape.valueWidth,
      dv.rowStride, 1)
  }

  /// Some blocks of queries: their dq, and what they add to dk and dv.
  private func run(
    _ shared: Shared, _ indices: Range<Int>, _ rooms: UnsafeMutablePointer<Float>, _ room: Int
  ) {
    let lanes = blocks.queries
    var works = indices.map { index in
      let query = rooms + (index - indices.lowerBound) * room
      let queryRows = query + lanes * shape.keyWidth
      let dOut = queryRows + lanes * keyColumns
      let dOutRows = dOut + lanes * shape.valueWidth
      let dQuery = dOutRows + lanes * valueColumns
      let logSum = dQuery + lanes * shape.keyWidth
      return Work(
        block: blocks.block(index, keyHead: shared.keyHead), query: query, queryRows: queryRows, dOut: dOut,
        dOutRows: dOutRows, dQuery: dQuery, logSum: logSum, dots: logSum + lanes)
    }
    for index in works.indices { works[index].onlySeen = !begin(works[index], shared.batch) && shape.causal }
    for start in stride(from: 0, to: works[0].block.keys, by: AttentionBlocks.keys) {
      for work in works where work.block.keys > start {
        step(work, shared, start..<min(start + AttentionBlocks.keys, work.block.keys))
      }
    }
    for index in works.indices {
      let block = works[index].block
      let count = lanes * shape.keyWidth
      if !works[index].onlySeen && shape.causal && table.pointee.finite(count, works[index].dQuery) == 0 {
        // Once more, as it may come from a key that the query does not see; dk and dv know of no keys but their own.
        works[index].onlySeen = true
        works[index].dQuery.update(repeating: 0, count: count)
        for start in stride(from: 0, to: block.keys, by: AttentionBlocks.keys) {
          step(works[index], shared, start..<min(start + AttentionBlocks.keys, block.keys), onlyQueries: true)
        }
      }
      table.pointee.transpose(
        shape.keyWidth, block.queries.count, works[index].dQuery, lanes,
        dq.pointer + shared.batch * dq.batchStride + block.queries.lowerBound * dq.rowStride
          + block.head * shape.keyWidth, dq.rowStride, shape.scale)
    }
  }

  /// Brings a block of queries and of the gradient of their outputs into the scratch; whether all of them are finite.
  private func begin(_ work: Work, _ batch: Int) -> Bool {
    let (keyWidth, valueWidth, lanes) = (shape.keyWidth, shape.valueWidth, blocks.queries)
    let (range, h) = (work.block.queries, work.block.head)
    let query = q.pointer + batch * q.batchStride + range.lowerBound * q.rowStride + h * keyWidth
    let gradient = dOut.pointer + batch * dOut.batchStride + range.lowerBound * dOut.rowStride + h * valueWidth
    let result = out.pointer + batch * out.batchStride + range.lowerBound * out.rowStride + h * valueWidth
    if range.count < lanes {
      work.query.update(repeating: 0, count: lanes * keyWidth)
      work.dOut.update(repeating: 0, count: lanes * valueWidth)
    }
    table.pointee.transpose(
      range.count, keyWidth, query, q.rowStride, work.query, lanes, shape.scale * SoftmaxAttentionForward.log2e)
    table.pointee.transpose(range.count, valueWidth, gradient, dOut.rowStride, work.dOut, lanes, 1)
    table.pointee.pack(range.count, keyWidth, keyColumns, query, q.rowStride, work.queryRows)
    table.pointee.pack(range.count, valueWidth, valueColumns, gradient, dOut.rowStride, work.dOutRows)
    table.pointee.row_dots(
      range.count, valueWidth, gradient, dOut.rowStride, result, out.rowStride, work.dots)
    work.dQuery.update(repeating: 0, count: lanes * keyWidth)
    let logSum = logSumExp + (batch * shape.heads + h) * shape.queries + range.lowerBound
    for lane in 0..<range.count { work.logSum[lane] = logSum[lane] * SoftmaxAttentionForward.log2e }
    for lane in range.count..<lanes {
      work.logSum[lane] = 0
      work.dots[lane] = 0
    }
    wide?.hide(
      from: (batch * shape.heads + h) * shape.queries + range.lowerBound, count: range.count, lanes: lanes,
      columns: [(work.query, keyWidth), (work.dOut, valueWidth)],
      rows: [(work.queryRows, keyColumns), (work.dOutRows, valueColumns)], logSum: work.logSum, dots: work.dots)
    // A query that is not finite has no finite score, and the gradient of an output that is not has no finite product.
    return table.pointee.finite(lanes, work.logSum) != 0 && table.pointee.finite(lanes, work.dots) != 0
  }

  /// One block of keys.
  ///
  /// - Parameter onlyQueries: add to dq alone.
  private func step(_ work: Work, _ shared: Shared, _ keys: Range<Int>, onlyQueries: Bool = false) {
    let (block, lanes, width) = (work.block, blocks.queries, blocks.width)
    blocks.pieces(keys, position: block.position) { piece in
      let first = piece.firstVector * width
      let place = (piece.keys.lowerBound - keys.lowerBound) * lanes + first
      table.pointee.product(
        piece.keys.count, block.vectors - piece.firstVector, shape.keyWidth,
        shared.key + piece.keys.lowerBound * k.rowStride, k.rowStride, 1, work.query + first, lanes,
        shared.scores + place, lanes, 0)
      table.pointee.product(
        piece.keys.count, block.vectors - piece.firstVector, shape.valueWidth,
        shared.value + piece.keys.lowerBound * v.rowStride, v.rowStride, 1, work.dOut + first, lanes,
        shared.gradients + place, lanes, 0)
    }
    table.pointee.probabilities(
      keys.count, block.vectors, -lanes, blocks.shift(keys, position: block.position), shared.scores, shared.gradients,
      lanes, work.logSum, work.dots)
    blocks.pieces(keys, position: block.position) { piece in
      let first = piece.firstVector * width
      let place = (piece.keys.lowerBound - keys.lowerBound) * lanes + first
      if work.onlySeen { return addSeen(work, shared, piece, place, onlyQueries: onlyQueries) }
      table.pointee.product(
        piece.keys.count, valueColumns / width, block.queries.count - first, shared.scores + place, lanes, 1,
        work.dOutRows + first * valueColumns, valueColumns, shared.dValue + piece.keys.lowerBound * valueColumns,
        valueColumns, 1)
      table.pointee.product(
        piece.keys.count, keyColumns / width, block.queries.count - first, shared.gradients + place, lanes, 1,
        work.queryRows + first * keyColumns, keyColumns, shared.dKey + piece.keys.lowerBound * keyColumns, keyColumns,
        1)
      table.pointee.product(
        shape.keyWidth, block.vectors - piece.firstVector, piece.keys.count,
        shared.key + piece.keys.lowerBound * k.rowStride, 1, k.rowStride, shared.gradients + place, lanes,
        work.dQuery + first, lanes, 1)
    }
  }

  /// What a piece gives, without what is hidden.
  private func addSeen(
    _ work: Work, _ shared: Shared, _ piece: AttentionBlocks.Piece, _ place: Int, onlyQueries: Bool
  ) {
    let (keys, first) = (piece.keys.lowerBound, piece.firstVector * blocks.width)
    let weights = blocks.seenProducts(piece, work.block, table, shared.scores + place)
    let gradients = blocks.seenProducts(piece, work.block, table, shared.gradients + place)
    gradients.addToQueries(shape.keyWidth, shared.key + keys * k.rowStride, k.rowStride, work.dQuery + first)
    if onlyQueries { return }
    let queries = work.block.queries.count - first
    weights.addToKeys(
      queries, valueColumns, work.dOutRows + first * valueColumns, shared.dValue + keys * valueColumns, valueColumns)
    gradients.addToKeys(
      queries, keyColumns, work.queryRows + first * keyColumns, shared.dKey + keys * keyColumns, keyColumns)
  }
}
