import CGodwitKernels

/// Few queries, as in decoding: what counts is to read the keys and values once, so the lanes lie along their width.
extension SoftmaxAttentionForward {
  /// Up to so many queries, lanes along the width are faster than lanes along the queries.
  static let fewQueries = 4

  func runFew() {
    let jobs = shape.batch * shape.keyHeads
    // A long past of few heads is cut into parts, whose number is a matter of the shape alone.
    let parts = max(min((8 + jobs - 1) / jobs, shape.keys / 1024), 1)
    let rows = shape.group * shape.queries
    let padded = (shape.valueWidth + blocks.width - 1) / blocks.width * blocks.width
    let record = padded + 16
    var scratch = RecurrenceScratch(jobs * parts * rows * record)
    let partial = scratch.take(jobs * parts * rows * record, zeroed: false)
    let operations = rows * shape.keys / parts * (shape.keyWidth + shape.valueWidth)
    AttentionBlocks.share(jobs * parts, operations: operations) { tasks in
      for task in tasks {
        let (job, part) = (task / parts, task % parts)
        let steps = (shape.keys + AttentionBlocks.keys - 1) / AttentionBlocks.keys
        let lower = steps * part / parts * AttentionBlocks.keys
        let upper = min(steps * (part + 1) / parts * AttentionBlocks.keys, shape.keys)
        scan(job, lower..<upper, padded, record, partial + task * rows * record)
      }
    }
    for job in 0..<jobs { finish(job, parts, padded, record, partial + job * parts * rows * record) }
  }

  /// The sums of the queries of a key head over some keys: records of a row of values, a maximum and a sum.
  private func scan(
    _ job: Int, _ keys: Range<Int>, _ padded: Int, _ record: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    let (batch, g) = (job / shape.keyHeads, job % shape.keyHeads)
    let rows = shape.group * shape.queries
    let width = (shape.keyWidth + blocks.width - 1) / blocks.width * blocks.width
    let key = k.pointer + batch * k.batchStride + g * shape.keyWidth
    let value = v.pointer + batch * v.batchStride + g * shape.valueWidth
    var scratch = RecurrenceScratch(rows * width, AttentionBlocks.keys)
    let queries = scratch.take(rows * width)
    let scores = scratch.take(AttentionBlocks.keys, zeroed: false)
    for row in 0..<rows {
      let (h, t) = (g * shape.group + row / shape.queries, row % shape.queries)
      let query = q.pointer + batch * q.batchStride + t * q.rowStride + h * shape.keyWidth
      table.pointee.transpose(shape.keyWidth, 1, query, 1, queries + row * width, 1, shape.scale * Self.log2e)
      (target + row * record).update(repeating: 0, count: record)
      target[row * record + padded] = -.infinity
    }
    for start in stride(from: keys.lowerBound, to: keys.upperBound, by: AttentionBlocks.keys) {
      let end = min(start + AttentionBlocks.keys, keys.upperBound)
      for row in 0..<rows {
        let count = min(end, shape.visible(to: row % shape.queries)) - start
        if count <= 0 { continue }
        let sums = target + row * record
        table.pointee.row_dots(
          count, shape.keyWidth, key + start * k.rowStride, k.rowStride, queries + row * width, 0, scores)
        table.pointee.soften_row(count, scores, sums + padded, sums + padded + 1, padded, sums)
        table.pointee.value_sum(count, shape.valueWidth, scores, value + start * v.rowStride, v.rowStride, sums)
      }
    }
  }

  /// Joins the parts of a key head in their order.
  private func finish(
    _ job: Int, _ parts: Int, _ padded: Int, _ record: Int, _ partial: UnsafeMutablePointer<Float>
  ) {
    let (batch, g) = (job / shape.keyHeads, job % shape.keyHeads)
    let rows = shape.group * shape.queries
    for row in 0..<rows {
      let (h, t) = (g * shape.group + row / shape.queries, row % shape.queries)
      let first = partial + row * record
      for part in 1..<parts {
        table.pointee.join(padded, partial + (part * rows + row) * record, first)
      }
      table.pointee.finish_row(
        shape.valueWidth, padded, first,
        out.pointer + batch * out.batchStride + t * out.rowStride + h * shape.valueWidth,
        logSumExp + (batch * shape.heads + h) * shape.queries + t)
    }
  }
}
