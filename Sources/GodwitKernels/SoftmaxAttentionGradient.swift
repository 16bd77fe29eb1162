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
  SoftmaxAttentionBackward(
    table: table, shape: shape, blocks: AttentionBlocks(shape, table), q: q, k: k, v: v, out: out,
    logSumExp: logSumExp, dOut: dOut, dq: dq, dk: dk, dv: dv
  ).run()
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

  /// The widths of heads rounded up to whole vectors.
  private var keyColumns: Int { padded(shape.keyWidth) }
  private var valueColumns: Int { padded(shape.valueWidth) }
  private func padded(_ count: Int) -> Int { (count + blocks.width - 1) / blocks.width * blocks.width }

  /// The scratch of a task.
  private struct Room {
    let query, queryRows, dOut, dOutRows, dQuery, scores, gradients, logSum, dots: UnsafeMutablePointer<Float>
  }

  func run() {
    let jobs = shape.batch * shape.keyHeads
    guard jobs > 0 else { return }
    let units = shape.group * blocks.count
    // Few heads: their blocks are dealt out to several tasks, each with sums of its own that are added in order. The
    // number of tasks is a matter of the shape alone.
    let parts = max(min((8 + jobs - 1) / jobs, units / 4), 1)
    let record = shape.keys * (keyColumns + valueColumns)
    let shared = parts > 1 ? MemoryCache.allocate(byteCount: jobs * parts * record * 4) : nil
    defer { if let shared { MemoryCache.deallocate(shared, byteCount: jobs * parts * record * 4) } }
    let sharedSums = shared?.assumingMemoryBound(to: Float.self)

    parallelFor(jobs * parts) { task in
      let (job, part) = (task / parts, task % parts)
      let (lanes, keys) = (blocks.queries, AttentionBlocks.keys)
      let (keyWidth, valueWidth) = (shape.keyWidth, shape.valueWidth)
      var scratch = RecurrenceScratch(
        lanes * keyWidth, lanes * keyColumns, lanes * valueWidth, lanes * valueColumns, lanes * keyWidth,
        lanes * keys, lanes * keys, lanes, lanes, parts == 1 ? record : 0)
      let room = Room(
        query: scratch.take(lanes * keyWidth, zeroed: false),
        queryRows: scratch.take(lanes * keyColumns, zeroed: false),
        dOut: scratch.take(lanes * valueWidth, zeroed: false),
        dOutRows: scratch.take(lanes * valueColumns, zeroed: false),
        dQuery: scratch.take(lanes * keyWidth, zeroed: false), scores: scratch.take(lanes * keys, zeroed: false),
        gradients: scratch.take(lanes * keys, zeroed: false), logSum: scratch.take(lanes), dots: scratch.take(lanes))
      let sums = sharedSums.map { $0 + task * record } ?? scratch.take(record, zeroed: false)
      sums.update(repeating: 0, count: record)
      for unit in stride(from: part, to: units, by: parts) {
        run(job, head: unit / blocks.count, block: unit % blocks.count, sums, sums + shape.keys * keyColumns, room)
      }
      if parts == 1 { store(job, 0..<shape.keys, sums, record, 1) }
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

  /// One block of queries of a head of the group: its dq, and what it adds to dk and dv.
  private func run(
    _ job: Int, head: Int, block: Int, _ dKey: UnsafeMutablePointer<Float>, _ dValue: UnsafeMutablePointer<Float>,
    _ room: Room
  ) {
    let (batch, g) = (job / shape.keyHeads, job % shape.keyHeads)
    let h = g * shape.group + head
    let (keyWidth, valueWidth, lanes) = (shape.keyWidth, shape.valueWidth, blocks.queries)
    let range = blocks.range(block)
    let vectors = (range.count + blocks.width - 1) / blocks.width
    let position = range.lowerBound + shape.offset
    let key = k.pointer + batch * k.batchStride + g * keyWidth
    let value = v.pointer + batch * v.batchStride + g * valueWidth
    load(batch, h, range, room)

    let last = shape.visible(to: range.upperBound - 1)
    for start in stride(from: 0, to: last, by: AttentionBlocks.keys) {
      let keys = start..<min(start + AttentionBlocks.keys, last)
      blocks.pieces(keys, position: position) { piece in
        let first = piece.firstVector * blocks.width
        let place = (piece.keys.lowerBound - start) * lanes + first
        table.pointee.product(
          piece.keys.count, vectors - piece.firstVector, keyWidth, key + piece.keys.lowerBound * k.rowStride,
          k.rowStride, 1, room.query + first, lanes, room.scores + place, lanes, 0)
        table.pointee.product(
          piece.keys.count, vectors - piece.firstVector, valueWidth, value + piece.keys.lowerBound * v.rowStride,
          v.rowStride, 1, room.dOut + first, lanes, room.gradients + place, lanes, 0)
      }
      table.pointee.probabilities(
        keys.count, vectors, blocks.shift(keys, position: position), room.scores, room.gradients, lanes, room.logSum,
        room.dots)
      blocks.pieces(keys, position: position) { piece in
        let first = piece.firstVector * blocks.width
        let place = (piece.keys.lowerBound - start) * lanes + first
        table.pointee.product(
          piece.keys.count, valueColumns / blocks.width, range.count - first, room.scores + place, lanes, 1,
          room.dOutRows + first * valueColumns, valueColumns, dValue + piece.keys.lowerBound * valueColumns,
          valueColumns, 1)
        table.pointee.product(
          piece.keys.count, keyColumns / blocks.width, range.count - first, room.gradients + place, lanes, 1,
          room.queryRows + first * keyColumns, keyColumns, dKey + piece.keys.lowerBound * keyColumns, keyColumns, 1)
        table.pointee.product(
          keyWidth, vectors - piece.firstVector, piece.keys.count, key + piece.keys.lowerBound * k.rowStride, 1,
          k.rowStride, room.gradients + place, lanes, room.dQuery + first, lanes, 1)
      }
    }
    table.pointee.transpose(
      keyWidth, range.count, room.dQuery, lanes,
      dq.pointer + batch * dq.batchStride + range.lowerBound * dq.rowStride + h * keyWidth, dq.rowStride, shape.scale)
  }

  /// Brings a block of queries and of the gradient of their outputs into the scratch, along the lanes and as rows.
  private func load(_ batch: Int, _ h: Int, _ range: Range<Int>, _ room: Room) {
    let (keyWidth, valueWidth, lanes) = (shape.keyWidth, shape.valueWidth, blocks.queries)
    let query = q.pointer + batch * q.batchStride + range.lowerBound * q.rowStride + h * keyWidth
    let gradient = dOut.pointer + batch * dOut.batchStride + range.lowerBound * dOut.rowStride + h * valueWidth
    let result = out.pointer + batch * out.batchStride + range.lowerBound * out.rowStride + h * valueWidth
    if range.count < lanes {
      room.query.update(repeating: 0, count: lanes * keyWidth)
      room.dOut.update(repeating: 0, count: lanes * valueWidth)
    }
    table.pointee.transpose(
      range.count, keyWidth, query, q.rowStride, room.query, lanes, shape.scale * SoftmaxAttentionForward.log2e)
    table.pointee.transpose(range.count, valueWidth, gradient, dOut.rowStride, room.dOut, lanes, 1)
    table.pointee.pack(range.count, keyWidth, keyColumns, query, q.rowStride, room.queryRows)
    table.pointee.pack(range.count, valueWidth, valueColumns, gradient, dOut.rowStride, room.dOutRows)
    table.pointee.row_dots(
      range.count, valueWidth, gradient, dOut.rowStride, result, out.rowStride, room.dots)
    room.dQuery.update(repeating: 0, count: lanes * keyWidth)
    let logSum = logSumExp + (batch * shape.heads + h) * shape.queries + range.lowerBound
    for lane in 0..<range.count { room.logSum[lane] = logSum[lane] * SoftmaxAttentionForward.log2e }
    for lane in range.count..<lanes {
      room.logSum[lane] = 0
      room.dots[lane] = 0
    }
  }
}
