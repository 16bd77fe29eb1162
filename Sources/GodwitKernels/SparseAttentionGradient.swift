import CGodwitKernels

/// The gradient of `sparseAttention`: the probabilities are computed again from `logSumExp`, tile by tile.
///
/// As `softmaxAttentionGradient`, whose equations hold; since the log-sum-exp of all passes is known, each tile adds to
/// dq, dk and dv what its pairs give.
///
/// - Parameters:
///   - q: as in the forward pass; likewise `k`, `v`, and `out` and `logSumExp`, its results.
///   - dOut: [B, T, H, V] rows, the gradient of `out`.
///   - dq: [B, T, H, K] rows, overwritten; `dk` [B, S, G, K] and `dv` [B, S, G, V] likewise.
/// - Complexity: 2 B H N (3 K + 2 V) operations for N pairs of a query and a key that it sees; memory beyond the operands
///   O(S (K + V)) for each key head, and for each thread where these are few.
package func sparseAttentionGradient(
  _ shape: AttentionShape, _ plan: SparseAttentionPlan, q: AttentionRows, k: AttentionRows, v: AttentionRows,
  out: AttentionRows, logSumExp: UnsafePointer<Float>, dOut: AttentionRows, dq: MutableAttentionRows,
  dk: MutableAttentionRows, dv: MutableAttentionRows, on isa: InstructionSet = .current
) {
  let table = gw_attention_table(isa.rawValue)!
  let wide = WideQueries(WideAttention(shape, q: q, k: k, v: v, plan), logSumExp)
  SparseAttentionBackward(
    tiles: SparseTiles(table: table, shape: shape, plan: plan), q: q, k: k, v: v, out: out, logSumExp: logSumExp,
    dOut: dOut, dq: dq, dk: dk, dv: dv, wide: wide
  ).run()
  wide?.addGradients(dOut: dOut, dq: dq, dk: dk, dv: dv)
}

/// The operands of a backward pass.
private struct SparseAttentionBackward {
  let tiles: SparseTiles
  let q, k, v, out: AttentionRows
  let logSumExp: UnsafePointer<Float>
  let dOut: AttentionRows
  let dq, dk, dv: MutableAttentionRows
  let wide: WideQueries?

  private var shape: AttentionShape { tiles.shape }
  private var table: UnsafePointer<gw_attention> { tiles.table }
  private var keyColumns: Int { padded(shape.keyWidth) }
  private var valueColumns: Int { padded(shape.valueWidth) }
  private func padded(_ count: Int) -> Int { (count + tiles.width - 1) / tiles.width * tiles.width }

  /// A tile at work for one head: queries and gradients of outputs along the lanes and as rows, the gradient of the
  /// queries along the lanes, and for each lane the logarithm of its sum of exponentials and dOut · out.
  private struct Work {
    let query, queryRows, dOut, dOutRows, dQuery, logSum, dots, scores, gradients: UnsafeMutablePointer<Float>
  }

  /// Keys and values of a key head, and what a task has summed up of their gradients.
  private struct Keys {
    let key, value: UnsafePointer<Float>
    let dKey, dValue: UnsafeMutablePointer<Float>
  }

  func run() {
    KeyGradientSums.with(
      table, shape, units: shape.group * tiles.plan.tiles.count, dk: dk, dv: dv
    ) { sums in
      for pass in tiles.plan.passes.indices { run(pass, sums) }
    }
  }

  /// All tiles of a pass.
  private func run(_ pass: Int, _ sums: KeyGradientSums) {
    let (jobs, parts) = (shape.batch * shape.keyHeads, sums.parts)
    let range = tiles.plan.passes[pass]
    let units = shape.group * range.count
    // Two key heads at a time, whose rows lie side by side in memory, where there are tasks enough; the sums are the same.
    let together = shape.keyHeads % 2 == 0 && jobs * parts >= 4 * Threads.count ? 2 : 1
    let count = jobs / together * parts
    AttentionBlocks.share(count, operations: 3 * tiles.operations * units / parts * together) { tasks in
      let lanes = SparseAttentionPlan.lanes
      var scratch = RecurrenceScratch(
        lanes * shape.keyWidth, lanes * keyColumns, lanes * shape.valueWidth, lanes * valueColumns,
        lanes * shape.keyWidth, lanes, lanes, lanes * AttentionBlocks.keys, lanes * AttentionBlocks.keys)
      let work = Work(
        query: scratch.take(lanes * shape.keyWidth), queryRows: scratch.take(lanes * keyColumns),
        dOut: scratch.take(lanes * shape.valueWidth), dOutRows: scratch.take(lanes * valueColumns),
        dQuery: scratch.take(lanes * shape.keyWidth), logSum: scratch.take(lanes), dots: scratch.take(lanes),
        scores: scratch.take(lanes * AttentionBlocks.keys), gradients: scratch.take(lanes * AttentionBlocks.keys))
      for task in tasks {
        let (first, part) = (task / parts * together, task % parts)
        let heads = (first..<first + together).map { keys(of: $0, sums.rows($0, part)) }
        // The tiles that lie together see nearly the same keys.
        for unit in units * part / parts..<units * (part + 1) / parts {
          let tile = tiles.plan.tiles[range.lowerBound + unit / shape.group]
          for (place, keys) in heads.enumerated() {
            let job = first + place
            let head = job % shape.keyHeads * shape.group + unit % shape.group
            run(tile, job / shape.keyHeads, head, keys, work, pass)
          }
        }
      }
    }
  }

  /// The keys and values of a key head, with the sums of a part of its tiles.
  private func keys(
    of job: Int, _ sums: (key: UnsafeMutablePointer<Float>, value: UnsafeMutablePointer<Float>)
  ) -> Keys {
    let (batch, keyHead) = (job / shape.keyHeads, job % shape.keyHeads)
    return Keys(
      key: k.pointer + batch * k.batchStride + keyHead * shape.keyWidth,
      value: v.pointer + batch * v.batchStride + keyHead * shape.valueWidth, dKey: sums.key, dValue: sums.value)
  }

  private func run(
    _ tile: SparseAttentionPlan.Tile, _ batch: Int, _ head: Int, _ keys: Keys, _ work: Work, _ pass: Int
  ) {
    let queries = tile.queries
    let vectors = (queries.count + tiles.width - 1) / tiles.width
    let lanes = vectors * tiles.width
    let target = dq.pointer + batch * dq.batchStride + queries.start * dq.rowStride + head * shape.keyWidth
    let areFinite = begin(queries, batch, head, lanes, work)
    func loadGradient() {
      work.dQuery.update(repeating: 0, count: lanes * shape.keyWidth)
      if pass == 0 { return }
      table.pointee.transpose(
        queries.count, shape.keyWidth, target, dq.rowStride * queries.step, work.dQuery, lanes, 1)
    }
    loadGradient()
    tiles.forEachBlock(of: tile) { run, range in
      step(run, range, queries.count, vectors, keys, work, onlySeen: !areFinite)
    }
    if areFinite && table.pointee.finite(lanes * shape.keyWidth, work.dQuery) == 0 {
      // Once more, as it may come from a key that the query does not see; dk and dv know of no keys but their own.
      loadGradient()
      tiles.forEachBlock(of: tile) { run, range in
        step(run, range, queries.count, vectors, keys, work, onlySeen: true, onlyQueries: true)
      }
    }
    // Passes before the last leave their sums without the factor.
    let isLast = pass == tiles.plan.passes.count - 1
    table.pointee.transpose(
      shape.keyWidth, queries.count, work.dQuery, lanes, target, dq.rowStride * queries.step,
      isLast ? shape.scale : 1)
  }

  /// Brings the queries of a tile and the gradient of their outputs into the scratch; whether all of them are finite.
  private func begin(
    _ queries: SparseAttentionPlan.Rows, _ batch: Int, _ head: Int, _ lanes: Int, _ work: Work
  ) -> Bool {
    let (keyWidth, valueWidth) = (shape.keyWidth, shape.valueWidth)
    let query = q.pointer + batch * q.batchStride + queries.start * q.rowStride + head * keyWidth
    let gradient = dOut.pointer + batch * dOut.batchStride + queries.start * dOut.rowStride + head * valueWidth
    let result = out.pointer + batch * out.batchStride + queries.start * out.rowStride + head * valueWidth
    let strides = (q.rowStride * queries.step, dOut.rowStride * queries.step, out.rowStride * queries.step)
    if queries.count < lanes {
      work.query.update(repeating: 0, count: lanes * keyWidth)
      work.dOut.update(repeating: 0, count: lanes * valueWidth)
    }
    table.pointee.transpose(
      queries.count, keyWidth, query, strides.0, work.query, lanes, shape.scale * SoftmaxAttentionForward.log2e)
    table.pointee.transpose(queries.count, valueWidth, gradient, strides.1, work.dOut, lanes, 1)
    table.pointee.pack(queries.count, keyWidth, keyColumns, query, strides.0, work.queryRows)
    table.pointee.pack(queries.count, valueWidth, valueColumns, gradient, strides.1, work.dOutRows)
    table.pointee.row_dots(queries.count, valueWidth, gradient, strides.1, result, strides.2, work.dots)
    let logSums = logSumExp + (batch * shape.heads + head) * shape.queries + queries.start
    for lane in 0..<queries.count {
      work.logSum[lane] = logSums[lane * queries.step] * SoftmaxAttentionForward.log2e
    }
    for lane in queries.count..<lanes {
      work.logSum[lane] = 0
      work.dots[lane] = 0
    }
    wide?.hide(
      from: (batch * shape.heads + head) * shape.queries + queries.start, step: queries.step, count: queries.count,
      lanes: lanes, columns: [(work.query, keyWidth), (work.dOut, valueWidth)],
      rows: [(work.queryRows, keyColumns), (work.dOutRows, valueColumns)], logSum: work.logSum, dots: work.dots)
    // A query that is not finite has no finite score, and the gradient of an output that is not has no finite product.
    return table.pointee.finite(lanes, work.logSum) != 0 && table.pointee.finite(lanes, work.dots) != 0
  }

  /// Some more keys of a run.
  ///
  /// - Parameters:
  ///   - onlySeen: leave out what a query does not see, rather than multiply it by 0.
  ///   - onlyQueries: add to dq alone.
  @inline(__always)
  private func step(
    _ run: SparseAttentionPlan.Run, _ range: Range<Int>, _ queries: Int, _ vectors: Int, _ keys: Keys, _ work: Work,
    onlySeen: Bool, onlyQueries: Bool = false
  ) {
    let (width, lanes) = (tiles.width, vectors * tiles.width)
    let (rowStep, start) = (run.rows.step, run.rows.start)
    let (keyStride, valueStride) = (k.rowStride * rowStep, v.rowStride * rowStep)
    tiles.forEachPiece(of: run, range, vectors: vectors) { piece, first, count in
      let place = (piece.lowerBound - range.lowerBound) * lanes + first
      table.pointee.product(
        piece.count, count, shape.keyWidth, keys.key + start * k.rowStride + piece.lowerBound * keyStride, keyStride,
        1, work.query + first, lanes, work.scores + place, lanes, 0)
      table.pointee.product(
        piece.count, count, shape.valueWidth, keys.value + start * v.rowStride + piece.lowerBound * valueStride,
        valueStride, 1, work.dOut + first, lanes, work.gradients + place, lanes, 0)
    }
    table.pointee.probabilities(
      range.count, vectors, run.low - range.lowerBound, run.high - range.lowerBound, work.scores, work.gradients,
      lanes, work.logSum, work.dots)
    tiles.forEachPiece(of: run, range, vectors: vectors) { piece, first, count in
      let place = (piece.lowerBound - range.lowerBound) * lanes + first
      let row = start + piece.lowerBound * rowStep
      let rows = min(count * width, queries - first)
      if onlySeen {
        let weights = tiles.seenProducts(of: run, piece, first, count, work.scores + place, lanes)
        let gradients = tiles.seenProducts(of: run, piece, first, count, work.gradients + place, lanes)
        gradients.addToQueries(
          shape.keyWidth, keys.key + start * k.rowStride + piece.lowerBound * keyStride, keyStride,
          work.dQuery + first)
        if onlyQueries { return }
        weights.addToKeys(
          rows, valueColumns, work.dOutRows + first * valueColumns, keys.dValue + row * valueColumns,
          valueColumns * rowStep)
        gradients.addToKeys(
          rows, keyColumns, work.queryRows + first * keyColumns, keys.dKey + row * keyColumns, keyColumns * rowStep)
        return
      }
      table.pointee.product(
        piece.count, valueColumns / width, rows, work.scores + place, lanes, 1,
        work.dOutRows + first * valueColumns, valueColumns, keys.dValue + row * valueColumns, valueColumns * rowStep,
        1)
      table.pointee.product(
        piece.count, keyColumns / width, rows, work.gradients + place, lanes, 1, work.queryRows + first * keyColumns,
        keyColumns, keys.dKey + row * keyColumns, keyColumns * rowStep, 1)
      table.pointee.product(
        shape.keyWidth, count, piece.count, keys.key + start * k.rowStride + piece.lowerBound * keyStride, 1,
        keyStride, work.gradients + place, lanes, work.dQuery + first, lanes, 1)
    }
  }
}
