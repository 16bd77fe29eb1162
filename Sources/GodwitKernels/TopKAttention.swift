import CGodwitKernels

/// Causal softmax attention in which a query keeps the keys of its largest scores only.
///
/// Zhao et al. 2019, "Explicit sparse transformer". All scores are computed, some keys at a time; of these a query holds
/// the candidates for its largest. Of equal scores the earlier keys are kept.
/// Queries with scores beyond the greatest float are computed once more, in float64.
///
/// - Parameters:
///   - shape: whose queries are causal; query t sees keys 0 ... t + offset.
///   - kept: n, how many keys a query keeps; all that it sees, if these are fewer.
///   - q: [B, T, H, K] rows.
///   - k: [B, S, G, K] rows; the key heads serve H / G query heads each.
///   - v: [B, S, G, V] rows.
///   - out: [B, T, H, V] rows.
///   - rows: [B, H, T, n], the keys that are kept, in their order; -1 where there are fewer.
///   - weights: [B, H, T, n], their weights; 0 where there are fewer.
/// - Complexity: B H T S K operations for the scores, 2 B H T n V beside; memory beyond the operands O(n) per thread.
package func topKAttention(
  _ shape: AttentionShape, kept: Int, q: AttentionRows, k: AttentionRows, v: AttentionRows, out: MutableAttentionRows,
  rows: UnsafeMutablePointer<Int32>, weights: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  TopKAttentionForward(
    table: gw_attention_table(isa.rawValue)!, shape: shape, kept: kept, q: q, k: k, v: v, out: out, rows: rows,
    weights: weights
  ).run()
}

/// The operands of a forward pass.
private struct TopKAttentionForward {
  let table: UnsafePointer<gw_attention>
  let shape: AttentionShape
  let kept: Int
  let q, k, v: AttentionRows
  let out: MutableAttentionRows
  nonisolated(unsafe) let rows: UnsafeMutablePointer<Int32>
  nonisolated(unsafe) let weights: UnsafeMutablePointer<Float>

  /// Keys whose scores are computed at a time.
  private static let keys = 128

  private var wide: WideAttention { WideAttention(shape, q: q, k: k, v: v) }

  private struct Work {
    let query, scores, turned, weights, sums: UnsafeMutablePointer<Float>
    let best: [LargestScores]
  }

  private var width: Int { Int(table.pointee.width) }
  private func padded(_ count: Int) -> Int { (count + width - 1) / width * width }

  func run() {
    let pieces = SparseAttentionPlan.pieces(0..<shape.queries)
    let heads = shape.batch * shape.heads
    guard heads > 0, !pieces.isEmpty else { return }
    let pairs = pieces[0].count * (shape.offset + shape.queries / 2 + 1)
    AttentionBlocks.share(heads * pieces.count, operations: pairs * shape.keyWidth) { task in
      let lanes = SparseAttentionPlan.lanes
      let (query, block) = (lanes * padded(shape.keyWidth), lanes * Self.keys)
      var scratch = RecurrenceScratch(query, block, block, kept + 16, padded(shape.valueWidth))
      let work = Work(
        query: scratch.take(query), scores: scratch.take(block), turned: scratch.take(block),
        weights: scratch.take(kept + 16), sums: scratch.take(padded(shape.valueWidth)),
        best: (0..<pieces[0].count).map { _ in LargestScores(count: kept, block: Self.keys) })
      for index in task {
        let (head, piece) = (index / pieces.count, pieces[index % pieces.count])
        let (batch, own) = (head / shape.heads, head % shape.heads)
        for best in work.best { best.reset() }
        let areFinite = collect(piece, batch, own, work)
        for (lane, row) in piece.enumerated() {
          finish(row, batch, own, work.best[lane], work, areFinite: areFinite)
        }
      }
    }
  }

  /// The largest scores of some queries; whether all of their scores are finite.
  private func collect(_ piece: Range<Int>, _ batch: Int, _ head: Int, _ work: Work) -> Bool {
    let vectors = (piece.count + width - 1) / width
    let lanes = vectors * width
    let query = q.pointer + batch * q.batchStride + piece.lowerBound * q.rowStride + head * shape.keyWidth
    let key = k.pointer + batch * k.batchStride + head / shape.group * shape.keyWidth
    let scale = shape.scale * SoftmaxAttentionForward.log2e
    let isFew = piece.count <= SoftmaxAttentionForward.fewQueries
    let queryWidth = padded(shape.keyWidth)
    if isFew {
      for lane in piece.indices {
        let place = lane - piece.lowerBound
        table.pointee.transpose(
          shape.keyWidth, 1, query + place * q.rowStride, 1, work.query + place * queryWidth, 1, scale)
      }
    } else {
      if piece.count < lanes { work.query.update(repeating: 0, count: lanes * shape.keyWidth) }
      table.pointee.transpose(piece.count, shape.keyWidth, query, q.rowStride, work.query, lanes, scale)
    }
    let last = shape.visible(to: piece.upperBound - 1)
    var areFinite = true
    for start in stride(from: 0, to: last, by: Self.keys) {
      let count = min(Self.keys, last - start)
      if isFew {
        for place in 0..<piece.count {
          table.pointee.row_dots(
            count, shape.keyWidth, key + start * k.rowStride, k.rowStride, work.query + place * queryWidth, 0,
            work.turned + place * Self.keys)
          areFinite = areFinite && table.pointee.finite(count, work.turned + place * Self.keys) != 0
        }
      } else {
        table.pointee.product(
          count, vectors, shape.keyWidth, key + start * k.rowStride, k.rowStride, 1, work.query, lanes, work.scores,
          lanes, 0)
        areFinite = areFinite && table.pointee.finite(count * lanes, work.scores) != 0
        table.pointee.transpose(count, piece.count, work.scores, lanes, work.turned, Self.keys, 1)
      }
      for (lane, row) in piece.enumerated() {
        let seen = min(count, shape.visible(to: row) - start)
        if seen > 0 { work.best[lane].add(work.turned + lane * Self.keys, seen, from: start, table) }
      }
    }
    return areFinite
  }

  /// The weights and the output of a query.
  private func finish(
    _ row: Int, _ batch: Int, _ head: Int, _ best: LargestScores, _ work: Work, areFinite: Bool
  ) {
    let place = ((batch * shape.heads + head) * shape.queries + row) * kept
    let (rows, weights) = (rows + place, weights + place)
    let count = best.inOrder { (rows[$0], work.weights[$0]) = ($2, $1) }
    for index in count..<kept { (rows[index], weights[index]) = (-1, 0) }
    let target = out.pointer + batch * out.batchStride + row * out.rowStride + head * shape.valueWidth
    if !areFinite, let query = wide.query(batch, head, row) {
      return finish(query, count, rows, weights, target)
    }
    var (maximum, total): (Float, Float) = (-.infinity, 0)
    table.pointee.soften_row(count, work.weights, &maximum, &total, 0, work.sums)
    work.sums.update(repeating: 0, count: padded(shape.valueWidth))
    let value = v.pointer + batch * v.batchStride + head / shape.group * shape.valueWidth
    for index in 0..<count {
      weights[index] = work.weights[index] / total
      table.pointee.value_sum(
        1, shape.valueWidth, weights + index, value + Int(rows[index]) * v.rowStride, 0, work.sums)
    }
    target.update(from: work.sums, count: shape.valueWidth)
  }

  /// The weights and the output of a query with scores beyond the greatest float, once more in float64.
  private func finish(
    _ query: WideAttention.Query, _ count: Int, _ rows: UnsafeMutablePointer<Int32>,
    _ weights: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    let scores = wide.scores(of: query, wide.keys(query.row))
    let best = scores.indices.sorted { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
    let kept = best.prefix(count).sorted()
    let softmax = WideAttention.softmax(kept.map { scores[$0] })
    for (index, row) in kept.enumerated() { (rows[index], weights[index]) = (Int32(row), Float(softmax[index])) }
    wide.write(wide.mean(of: query, kept, softmax), to: target)
  }
}
