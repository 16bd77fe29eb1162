import CGodwitKernels

/// The scans of one head in ``outerProductRecurrenceGradient``.
struct OuterProductBackward {
  let table: UnsafePointer<gw_recurrence>
  let shape: OuterProductShape
  let decay: OuterProductDecay
  let queries: AttentionRows
  let keys: AttentionRows
  let values: AttentionRows
  let initialState: UnsafePointer<Float>?
  let outputGradient: AttentionRows
  let finalStateGradient: UnsafePointer<Float>?
  let queryGradient: MutableAttentionRows
  let keyGradient: MutableAttentionRows
  let valueGradient: MutableAttentionRows
  let decayGradient: OuterProductDecayGradient
  let initialStateGradient: UnsafeMutablePointer<Float>?
  /// Sums over time of the gradient of a constant decay, [B, H, 1 or K].
  let sums: UnsafeMutablePointer<Double>?

  /// dv = dS^T k, backward in time; dS is [K, V part].
  func values(_ part: HeadPart) {
    let (keyWidth, valueWidth, chunk) = (shape.keyWidth, shape.valueWidth, shape.chunk)
    let (rows, columns) = (paddedWidth(keyWidth, table), paddedWidth(part.columns.count, table))
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk),
      DecayBlocks.scratch(padded: rows, chunk: chunk))
    var scan = OuterProductScan(table, rows: rows, columns: columns, chunk: chunk, reverse: true, scratch: &scratch)
    let blocks = DecayBlocks(table, shape, decay, part, channels: 0..<keyWidth, scratch: &scratch)
    scan.decayMode = decay.mode(keysAreRows: true)
    scan.order = shape.strictlyPast ? GW_READ_DECAY_UPDATE : GW_UPDATE_READ_DECAY
    scan.decays = [blocks.factors]
    scan.sources = [
      [
        keys.source(part, 0..<keyWidth, of: keyWidth),
        queries.source(part, 0..<keyWidth, of: keyWidth),
        outputGradient.source(part, part.columns, of: valueWidth),
      ] + blocks.sources
    ]
    let start = stateStart(part) + part.columns.lowerBound
    if let finalStateGradient {
      scan.setState(
        0, finalStateGradient + start, rows: keyWidth, columns: part.columns.count, rowStride: valueWidth,
        columnStride: 1)
    }
    let pieces = OuterProductPieces(table: table, shape: shape, part: part)
    scan.run(0..<shape.length, causal: true) { _, range, _ in
      pieces.pack(keys, range, 0..<keyWidth, of: keyWidth, rows, scan.q)
      pieces.pack(queries, range, 0..<keyWidth, of: keyWidth, rows, scan.k)
      pieces.pack(outputGradient, range, part.columns, of: valueWidth, columns, scan.v)
      blocks.load(range)
    } store: { _, range in
      pieces.unpack(scan.y, range, part.columns, of: valueWidth, columns, valueGradient)
    }
    if let initialStateGradient {
      scan.copyState(
        0, to: initialStateGradient + start, rows: keyWidth, columns: part.columns.count, rowStride: valueWidth)
    }
  }

  /// dq = S dy, forward in time, then dk = dS v, backward; both states are held transposed, [V, K part].
  ///
  /// Position t reads with the query of position t + `shift`: a strictly past read is a read after the update, by the
  /// next position's query; only position 0 reads the initial state.
  func queriesAndKeys(_ part: HeadPart) {
    let (rows, columns) = (paddedWidth(shape.valueWidth, table), paddedWidth(part.columns.count, table))
    let wanted = decayGradient.isWanted
    let termCount = wanted ? shape.length * (decay.isScalar ? 1 : columns) : 0
    let anchorCount = wanted ? shape.length / shape.chunk * rows * columns : 0
    var scratch = RecurrenceScratch(termCount, anchorCount, columns)
    let shared = DecayTerms(
      terms: scratch.take(termCount), anchors: scratch.take(anchorCount), carry: scratch.take(columns))
    queryPass(part, shared)
    keyPass(part, shared)
  }

  /// What the forward scan leaves to the backward one for the gradient of the decay.
  private struct DecayTerms {
    /// q * dq of each position, without the pair of a position with itself.
    let terms: UnsafeMutablePointer<Float>
    /// The state at the end of each full block. With it the sums over pairs start afresh in each block, so that
    /// their rounding errors neither grow with the length nor outlive a reset of the state.
    let anchors: UnsafeMutablePointer<Float>
    /// The sum over V of S dS; at first that of the last position, without its own outer product.
    let carry: UnsafeMutablePointer<Float>
  }

  private func queryPass(_ part: HeadPart, _ shared: DecayTerms) {
    let (keyWidth, valueWidth, chunk) = (shape.keyWidth, shape.valueWidth, shape.chunk)
    let (rows, columns) = (paddedWidth(valueWidth, table), paddedWidth(part.columns.count, table))
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk),
      DecayBlocks.scratch(padded: columns, chunk: chunk), chunk * columns, chunk)
    var scan = OuterProductScan(table, rows: rows, columns: columns, chunk: chunk, reverse: false, scratch: &scratch)
    let blocks = DecayBlocks(table, shape, decay, part, channels: part.columns, scratch: &scratch)
    let query = scratch.take(chunk * columns)
    let dots = scratch.take(chunk)
    let wanted = decayGradient.isWanted
    scan.decayMode = decay.mode(keysAreRows: false)
    scan.order = wanted ? GW_DECAY_READ_UPDATE : GW_DECAY_UPDATE_READ
    scan.decays = [blocks.factors]
    scan.sources = [
      [
        outputGradient.source(part, 0..<valueWidth, of: valueWidth),
        values.source(part, 0..<valueWidth, of: valueWidth),
        keys.source(part, part.columns, of: keyWidth),
        queries.source(part, part.columns, of: keyWidth),
      ] + blocks.sources
    ]
    if let initialState { setTransposed(scan, initialState, part) }
    let pieces = OuterProductPieces(table: table, shape: shape, part: part)
    if shift > 0, shape.length > 0 {
      pieces.pack(outputGradient, 0..<1, 0..<valueWidth, of: valueWidth, rows, scan.q)
      scan.y.update(repeating: 0, count: columns)
      scan.step(0, 1, .read)
      pieces.unpack(scan.y, 0..<1, part.columns, of: keyWidth, columns, queryGradient)
    }
    func load(_ head: Int, _ range: Range<Int>, _ phase: OuterProductScan.Phase) {
      pieces.pack(outputGradient, shiftedBy: shift, range, 0..<valueWidth, of: valueWidth, rows, scan.q)
      pieces.pack(values, range, 0..<valueWidth, of: valueWidth, rows, scan.k)
      pieces.pack(keys, range, part.columns, of: keyWidth, columns, scan.v)
      blocks.load(range)
    }
    func store(_ head: Int, _ range: Range<Int>) {
      if wanted {
        pieces.pack(queries, shiftedBy: shift, range, part.columns, of: keyWidth, columns, query)
        table.pointee.row_dots(range.count, rows, scan.q, scan.k, dots)
        if range.upperBound % chunk == 0 {
          (shared.anchors + (range.upperBound / chunk - 1) * rows * columns).update(
            from: scan.states, count: rows * columns)
        }
        table.pointee.decay_terms(
          range.count, columns, decay.isScalar ? 1 : 0, query, scan.y, scan.v, dots,
          shared.terms + range.lowerBound * (decay.isScalar ? 1 : columns))
      }
      let start = range.lowerBound + shift
      pieces.unpack(
        scan.y, start..<max(min(range.upperBound + shift, shape.length), start), part.columns, of: keyWidth, columns,
        queryGradient)
    }
    let last = max(shape.length - 1, 0)
    scan.run(0..<last, causal: true, load: load, store: store)
    if wanted, last < shape.length, let finalStateGradient {
      blocks.load(last..<shape.length)
      for column in 0..<part.columns.count {
        let gradient = finalStateGradient + stateStart(part) + (part.columns.lowerBound + column) * valueWidth
        var sum: Float = 0
        for row in 0..<valueWidth { sum += scan.states[row * columns + column] * gradient[row] }
        shared.carry[decay.isScalar ? 0 : column] += sum * blocks.factors[decay.isScalar ? 0 : column]
      }
    }
    scan.run(last..<shape.length, causal: true, load: load, store: store)
  }

  private func keyPass(_ part: HeadPart, _ shared: DecayTerms) {
    let (keyWidth, valueWidth, chunk) = (shape.keyWidth, shape.valueWidth, shape.chunk)
    let (rows, columns) = (paddedWidth(valueWidth, table), paddedWidth(part.columns.count, table))
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk),
      DecayBlocks.scratch(padded: columns, chunk: chunk), chunk * columns, chunk)
    var scan = OuterProductScan(table, rows: rows, columns: columns, chunk: chunk, reverse: true, scratch: &scratch)
    let blocks = DecayBlocks(table, shape, decay, part, channels: part.columns, scratch: &scratch)
    let key = scratch.take(chunk * columns)
    let dots = scratch.take(chunk)
    let wanted = decayGradient.isWanted
    scan.decayMode = decay.mode(keysAreRows: false)
    scan.order = wanted ? GW_READ_UPDATE_DECAY : GW_UPDATE_READ_DECAY
    scan.decays = [blocks.factors]
    scan.sources = [
      [
        values.source(part, 0..<valueWidth, of: valueWidth),
        outputGradient.source(part, 0..<valueWidth, of: valueWidth),
        queries.source(part, part.columns, of: keyWidth),
        keys.source(part, part.columns, of: keyWidth),
      ] + blocks.sources
    ]
    if let finalStateGradient { setTransposed(scan, finalStateGradient, part) }
    let pieces = OuterProductPieces(table: table, shape: shape, part: part)
    scan.run(0..<shape.length, causal: true) { _, range, _ in
      pieces.pack(values, range, 0..<valueWidth, of: valueWidth, rows, scan.q)
      pieces.pack(outputGradient, shiftedBy: shift, range, 0..<valueWidth, of: valueWidth, rows, scan.k)
      pieces.pack(queries, shiftedBy: shift, range, part.columns, of: keyWidth, columns, scan.v)
      blocks.load(range)
      if wanted, range.upperBound < shape.length {
        table.pointee.column_dots(
          rows, columns, decay.isScalar ? 1 : 0,
          shared.anchors + (range.upperBound / chunk - 1) * rows * columns, scan.states, shared.carry)
      }
    } store: { _, range in
      if wanted {
        pieces.pack(keys, range, part.columns, of: keyWidth, columns, key)
        table.pointee.row_dots(range.count, rows, scan.q, scan.k, dots)
        let block = shared.terms + range.lowerBound * (decay.isScalar ? 1 : columns)
        table.pointee.decay_gradient(
          range.count, columns, decay.isScalar ? 1 : 0, range.upperBound == shape.length ? 1 : 0, key, scan.y, scan.v,
          dots, block, shared.carry)
        storeDecayGradient(block, range, pieces, columns)
      }
      pieces.unpack(scan.y, range, part.columns, of: keyWidth, columns, keyGradient)
    }
  }

  /// Hands the gradients of a block's decays on to where they belong.
  private func storeDecayGradient(
    _ block: UnsafeMutablePointer<Float>, _ range: Range<Int>, _ pieces: OuterProductPieces, _ padded: Int
  ) {
    let part = pieces.part
    let head = part.batch * shape.heads + part.head
    switch decayGradient {
    case .none: return
    case .perPosition(let target):
      let first = target + (part.batch * shape.length + range.lowerBound) * shape.heads + part.head
      for offset in 0..<range.count { first[offset * shape.heads] = block[offset] }
    case .perChannel(let target):
      pieces.unpack(block, range, part.columns, of: shape.keyWidth, padded, target)
    case .perHead:
      for offset in 0..<range.count { sums![head] += Double(block[offset]) }
    case .perHeadChannel:
      let first = sums! + head * shape.keyWidth + part.columns.lowerBound
      for offset in 0..<range.count {
        for column in 0..<part.columns.count { first[column] += Double(block[offset * padded + column]) }
      }
    }
  }

  private var shift: Int { shape.strictlyPast ? 1 : 0 }

  private func stateStart(_ part: HeadPart) -> Int {
    (part.batch * shape.heads + part.head) * shape.keyWidth * shape.valueWidth
  }

  private func setTransposed(_ scan: OuterProductScan, _ state: UnsafePointer<Float>, _ part: HeadPart) {
    scan.setState(
      0, state + stateStart(part) + part.columns.lowerBound * shape.valueWidth, rows: shape.valueWidth,
      columns: part.columns.count, rowStride: 1, columnStride: shape.valueWidth)
  }
}
