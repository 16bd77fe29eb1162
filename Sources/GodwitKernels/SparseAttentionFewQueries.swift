import CGodwitKernels

/// Tiles of few queries, as in decoding: the lanes lie along the width of the heads, one query after another.
extension SparseAttentionForward {
  /// Up to so many queries, lanes along the width are faster than lanes along the queries.
  static let fewQueries = 4

  /// Floats of the scratch of `runFew`.
  var fewScratch: Int { padded(shape.keyWidth) + padded(shape.valueWidth) + 16 + AttentionBlocks.keys }

  private func padded(_ count: Int) -> Int { (count + tiles.width - 1) / tiles.width * tiles.width }

  /// A tile of one head.
  func runFew(
    _ tile: SparseAttentionPlan.Tile, _ batch: Int, _ head: Int, _ scratch: UnsafeMutablePointer<Float>,
    resumes: Bool
  ) {
    let (width, values) = (padded(shape.keyWidth), padded(shape.valueWidth))
    let (query, sums) = (scratch, scratch + width)
    let (maximum, total) = (sums + values, sums + values + 1)
    let scores = sums + values + 16
    let keyHead = head / shape.group
    let key = k.pointer + batch * k.batchStride + keyHead * shape.keyWidth
    let value = v.pointer + batch * v.batchStride + keyHead * shape.valueWidth
    for lane in 0..<tile.queries.count {
      let row = tile.queries.start + lane * tile.queries.step
      let target = out.pointer + batch * out.batchStride + row * out.rowStride + head * shape.valueWidth
      let logSum = logSumExp + (batch * shape.heads + head) * shape.queries + row
      table.pointee.transpose(
        shape.keyWidth, 1, q.pointer + batch * q.batchStride + row * q.rowStride + head * shape.keyWidth, 1, query, 1,
        shape.scale * SoftmaxAttentionForward.log2e)
      if resumes {
        table.pointee.pack(1, shape.valueWidth, values, target, 0, sums)
      } else {
        sums.update(repeating: 0, count: values)
      }
      maximum.pointee = resumes ? logSum.pointee * SoftmaxAttentionForward.log2e : -.infinity
      total.pointee = resumes ? 1 : 0
      for index in tile.runs {
        let run = tiles.plan.runs[index]
        let (keyStride, valueStride) = (k.rowStride * run.rows.step, v.rowStride * run.rows.step)
        let last = min(run.rows.count, lane + run.high + 1)
        for start in stride(from: max(lane + run.low, 0), to: last, by: AttentionBlocks.keys) {
          let count = min(AttentionBlocks.keys, last - start)
          table.pointee.row_dots(
            count, shape.keyWidth, key + run.rows.start * k.rowStride + start * keyStride, keyStride, query, 0, scores)
          table.pointee.soften_row(count, scores, maximum, total, values, sums)
          table.pointee.value_sum(
            count, shape.valueWidth, scores, value + run.rows.start * v.rowStride + start * valueStride, valueStride,
            sums)
        }
      }
      table.pointee.finish_row(shape.valueWidth, values, sums, target, logSum)
    }
  }
}
