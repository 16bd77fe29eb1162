import CGodwitKernels

/// The gradient of `topKAttention`: of the keys that were kept, with the weights that they had.
///
/// With p the weights of a query and D = dOut · out: dv = p dOut, ds = p (dOut · v - D), dq = Σ ds k · scale,
/// dk = ds q · scale.
///
/// - Parameters:
///   - q: as in the forward pass; likewise `k`, `v`, and `out`, `rows` and `weights`, its results.
///   - dOut: [B, T, H, V] rows, the gradient of `out`.
///   - dq: [B, T, H, K] rows, overwritten; `dk` [B, S, G, K] and `dv` [B, S, G, V] likewise.
/// - Complexity: 4 B H T n (K + V) operations; memory beyond the operands O(S (K + V)) for each key head, and for each
///   thread where these are few.
package func topKAttentionGradient(
  _ shape: AttentionShape, kept: Int, q: AttentionRows, k: AttentionRows, v: AttentionRows, out: AttentionRows,
  rows: UnsafePointer<Int32>, weights: UnsafePointer<Float>, dOut: AttentionRows, dq: MutableAttentionRows,
  dk: MutableAttentionRows, dv: MutableAttentionRows, on isa: InstructionSet = .current
) {
  let table = gw_attention_table(isa.rawValue)!
  let pass = TopKAttentionBackward(
    table: table, shape: shape, kept: kept, q: q, k: k, v: v, out: out, rows: rows, weights: weights, dOut: dOut,
    dq: dq)
  KeyGradientSums.with(table, shape, units: shape.group * shape.queries / 8, dk: dk, dv: dv) { pass.run($0) }
}

/// The operands of a backward pass.
private struct TopKAttentionBackward {
  let table: UnsafePointer<gw_attention>
  let shape: AttentionShape
  let kept: Int
  let q, k, v, out: AttentionRows
  nonisolated(unsafe) let rows: UnsafePointer<Int32>
  nonisolated(unsafe) let weights: UnsafePointer<Float>
  let dOut: AttentionRows
  let dq: MutableAttentionRows

  /// A query and the gradient of its output as whole vectors, the sum of its own gradient, dots.
  private struct Work {
    let query, dOut, dQuery, dots: UnsafeMutablePointer<Float>
  }

  func run(_ sums: KeyGradientSums) {
    let (jobs, parts, units) = (shape.batch * shape.keyHeads, sums.parts, shape.group * shape.queries)
    let operations = 2 * units * kept * (shape.keyWidth + shape.valueWidth) / parts
    AttentionBlocks.share(jobs * parts, operations: operations) { tasks in
      var scratch = RecurrenceScratch(sums.keyColumns, sums.valueColumns, sums.keyColumns, 16)
      let work = Work(
        query: scratch.take(sums.keyColumns), dOut: scratch.take(sums.valueColumns),
        dQuery: scratch.take(sums.keyColumns), dots: scratch.take(16))
      for task in tasks {
        let (job, part) = (task / parts, task % parts)
        for unit in units * part / parts..<units * (part + 1) / parts {
          run(job, unit, sums, sums.rows(job, part), work)
        }
      }
    }
  }

  /// One query of one head.
  private func run(
    _ job: Int, _ unit: Int, _ sums: KeyGradientSums,
    _ target: (key: UnsafeMutablePointer<Float>, value: UnsafeMutablePointer<Float>), _ work: Work
  ) {
    let (batch, keyHead) = (job / shape.keyHeads, job % shape.keyHeads)
    let (head, row) = (keyHead * shape.group + unit / shape.queries, unit % shape.queries)
    let (keyColumns, valueColumns, width) = (sums.keyColumns, sums.valueColumns, Int(table.pointee.width))
    let key = k.pointer + batch * k.batchStride + keyHead * shape.keyWidth
    let value = v.pointer + batch * v.batchStride + keyHead * shape.valueWidth
    let gradient = dOut.pointer + batch * dOut.batchStride + row * dOut.rowStride + head * shape.valueWidth
    let result = out.pointer + batch * out.batchStride + row * out.rowStride + head * shape.valueWidth
    table.pointee.pack(
      1, shape.keyWidth, keyColumns, q.pointer + batch * q.batchStride + row * q.rowStride + head * shape.keyWidth, 0,
      work.query)
    table.pointee.pack(1, shape.valueWidth, valueColumns, gradient, 0, work.dOut)
    table.pointee.row_dots(1, shape.valueWidth, gradient, 0, result, 0, work.dots)
    let dot = work.dots[0]
    work.dQuery.update(repeating: 0, count: keyColumns)
    let place = ((batch * shape.heads + head) * shape.queries + row) * kept
    for j in place..<place + kept where rows[j] >= 0 {
      let seen = Int(rows[j])
      table.pointee.row_dots(1, shape.valueWidth, gradient, 0, value + seen * v.rowStride, 0, work.dots)
      var (weight, dScore) = (weights[j], weights[j] * (work.dots[0] - dot))
      table.pointee.value_sum(1, shape.keyWidth, &dScore, key + seen * k.rowStride, 0, work.dQuery)
      table.pointee.product(
        1, keyColumns / width, 1, &dScore, 0, 0, work.query, 0, target.key + seen * keyColumns, 0, 1)
      table.pointee.product(
        1, valueColumns / width, 1, &weight, 0, 0, work.dOut, 0, target.value + seen * valueColumns, 0, 1)
    }
    table.pointee.transpose(
      shape.keyWidth, 1, work.dQuery, 1,
      dq.pointer + batch * dq.batchStride + row * dq.rowStride + head * shape.keyWidth, 1, shape.scale)
  }
}
