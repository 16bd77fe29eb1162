import CGodwitKernels

/// softmax(q kᵀ · scale) v for each head, in blocks with a running maximum and sum; never a matrix T × S in memory.
///
/// A block of queries meets one block of keys after another. The sums over the keys seen so far are kept relative to a
/// maximum of the scores and scaled down where that grows: Milakov and Gimelshein 2018, "Online normalizer calculation
/// for softmax"; Dao et al. 2022, "FlashAttention", algorithm 1. A query that sees no key gives 0.
///
/// - Parameters:
///   - q: [B, T, H, K] rows.
///   - k: [B, S, G, K] rows; the key heads serve H / G query heads each.
///   - v: [B, S, G, V] rows.
///   - out: [B, T, H, V] rows.
///   - logSumExp: [B, H, T], the logarithm of the sum of the exponentials of a query's scores, kept for the gradient.
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

  /// The scratch of a task.
  struct Room {
    let query, scores, out, max, sum: UnsafeMutablePointer<Float>
  }

  /// All blocks of all heads, the longest first.
  func run() {
    let heads = shape.batch * shape.heads
    let units = heads * blocks.count
    let keys = shape.causal ? min(shape.keys, (shape.queries + 1) / 2 + shape.offset) : shape.keys
    let perUnit = blocks.queries * keys * (shape.keyWidth + shape.valueWidth)
    let perTask = max(min((1 << 20) / max(perUnit, 1), blocks.count), 1)
    parallelFor((units + perTask - 1) / perTask) { task in
      let lanes = blocks.queries
      var scratch = RecurrenceScratch(
        lanes * shape.keyWidth, lanes * AttentionBlocks.keys, lanes * shape.valueWidth, lanes, lanes)
      let room = Room(
        query: scratch.take(lanes * shape.keyWidth, zeroed: false),
        scores: scratch.take(lanes * AttentionBlocks.keys, zeroed: false),
        out: scratch.take(lanes * shape.valueWidth, zeroed: false), max: scratch.take(lanes, zeroed: false),
        sum: scratch.take(lanes, zeroed: false))
      for unit in task * perTask..<min((task + 1) * perTask, units) {
        run(head: unit / blocks.count, block: blocks.count - 1 - unit % blocks.count, room)
      }
    }
  }

  /// One block of queries of one head.
  private func run(head: Int, block: Int, _ room: Room) {
    let (batch, h) = (head / shape.heads, head % shape.heads)
    let (keyWidth, valueWidth) = (shape.keyWidth, shape.valueWidth)
    let range = blocks.range(block)
    let lanes = blocks.queries
    let vectors = (range.count + blocks.width - 1) / blocks.width
    let position = range.lowerBound + shape.offset
    let key = k.pointer + batch * k.batchStride + h / shape.group * keyWidth
    let value = v.pointer + batch * v.batchStride + h / shape.group * valueWidth

    if range.count < vectors * blocks.width {
      room.query.update(repeating: 0, count: lanes * keyWidth)
    }
    table.pointee.transpose(
      range.count, keyWidth, q.pointer + batch * q.batchStride + range.lowerBound * q.rowStride + h * keyWidth,
      q.rowStride, room.query, lanes, shape.scale * Self.log2e)
    room.out.update(repeating: 0, count: lanes * valueWidth)
    room.max.update(repeating: -.infinity, count: lanes)
    room.sum.update(repeating: 0, count: lanes)

    let last = shape.visible(to: range.upperBound - 1)
    for start in stride(from: 0, to: last, by: AttentionBlocks.keys) {
      let keys = start..<min(start + AttentionBlocks.keys, last)
      blocks.pieces(keys, position: position) { piece in
        let first = piece.firstVector * blocks.width
        table.pointee.product(
          piece.keys.count, vectors - piece.firstVector, keyWidth, key + piece.keys.lowerBound * k.rowStride,
          k.rowStride, 1, room.query + first, lanes, room.scores + (piece.keys.lowerBound - start) * lanes + first,
          lanes, 0)
      }
      table.pointee.soften(
        keys.count, vectors, blocks.shift(keys, position: position), room.scores, room.max, room.sum, valueWidth,
        room.out, lanes)
      blocks.pieces(keys, position: position) { piece in
        let first = piece.firstVector * blocks.width
        table.pointee.product(
          valueWidth, vectors - piece.firstVector, piece.keys.count, value + piece.keys.lowerBound * v.rowStride, 1,
          v.rowStride, room.scores + (piece.keys.lowerBound - start) * lanes + first, lanes, room.out + first, lanes,
          1)
      }
    }
    table.pointee.normalise(vectors, room.max, room.sum, valueWidth, room.out, lanes)
    table.pointee.transpose(
      valueWidth, range.count, room.out, lanes,
      out.pointer + batch * out.batchStride + range.lowerBound * out.rowStride + h * valueWidth, out.rowStride, 1)
    (logSumExp + head * shape.queries + range.lowerBound).update(from: room.sum, count: range.count)
  }
}
