import CGodwitKernels

/// S[t] = diag(a[t]) S[t - 1] + k[t] v[t]^T, y[t] = S[t]^T q[t], or S[t - 1]^T q[t] where the shape is `strictlyPast`.
///
/// The decay multiplies the state step by step, so no ratio of decays is formed and none can overflow.
/// Time 4 B H T K V flops (6 with decay), memory beyond inputs and outputs O(K V) per thread, independent of T.
/// With `decay` as named in its cases: RetNet, Mamba-2, RWKV-5 and -6, gated linear attention.
///
/// - Parameters:
///   - queries: [B, T, H, K] rows; keys likewise; values and output [B, T, H, V] rows.
///   - initialState: S [B, H, K, V] before the first position; zero if nil.
///   - finalState: S after the last position, or nil if not wanted; may be the memory of `initialState`.
package func outerProductRecurrence(
  _ shape: OuterProductShape, decay: OuterProductDecay, queries: AttentionRows, keys: AttentionRows,
  values: AttentionRows, output: MutableAttentionRows, initialState: UnsafePointer<Float>? = nil,
  finalState: UnsafeMutablePointer<Float>? = nil, on isa: InstructionSet = .current
) {
  let table = gw_recurrence_table(isa.rawValue)!
  let (keyWidth, valueWidth, chunk) = (shape.keyWidth, shape.valueWidth, shape.chunk)
  let rows = paddedWidth(keyWidth, table)
  HeadPart.forEach(
    batch: shape.batch, heads: shape.heads, columns: [valueWidth], width: Int(table.pointee.width), groups: true
  ) { _, parts in
    let valueColumns = parts[0].columns
    let width = valueColumns.count
    let columns = paddedWidth(width, table)
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk, heads: parts.count),
      parts.count * DecayBlocks.scratch(padded: rows, chunk: chunk))
    var scan = OuterProductScan(
      table, rows: rows, columns: columns, chunk: chunk, reverse: false, heads: parts.count, scratch: &scratch)
    var blocks: [DecayBlocks] = []
    for part in parts {
      blocks.append(DecayBlocks(table, shape, decay, part, channels: 0..<keyWidth, scratch: &scratch))
      scan.sources.append(
        [
          queries.source(part, 0..<keyWidth, of: keyWidth), keys.source(part, 0..<keyWidth, of: keyWidth),
          values.source(part, valueColumns, of: valueWidth),
        ] + blocks.last!.sources)
    }
    scan.decayMode = decay.mode(keysAreRows: true)
    scan.order = shape.strictlyPast ? GW_READ_DECAY_UPDATE : GW_DECAY_UPDATE_READ
    scan.decays = blocks.map { $0.factors }
    let pieces = parts.map { OuterProductPieces(table: table, shape: shape, part: $0) }
    func stateStart(_ part: HeadPart) -> Int {
      (part.batch * shape.heads + part.head) * keyWidth * valueWidth + part.columns.lowerBound
    }
    if let initialState {
      for (head, part) in parts.enumerated() {
        scan.setState(
          head, initialState + stateStart(part), rows: keyWidth, columns: width, rowStride: valueWidth,
          columnStride: 1)
      }
    }
    scan.run(0..<shape.length, causal: true) { head, range, _ in
      pieces[head].pack(queries, range, 0..<keyWidth, of: keyWidth, rows, scan.q)
      pieces[head].pack(keys, range, 0..<keyWidth, of: keyWidth, rows, scan.k)
      pieces[head].pack(values, range, valueColumns, of: valueWidth, columns, scan.v)
      blocks[head].load(range)
    } store: { head, range in
      pieces[head].unpack(scan.y, range, valueColumns, of: valueWidth, columns, output)
    }
    if let finalState {
      for (head, part) in parts.enumerated() {
        scan.copyState(head, to: finalState + stateStart(part), rows: keyWidth, columns: width, rowStride: valueWidth)
      }
    }
  }
}

/// Packing of one head's rows, and the way back.
struct OuterProductPieces {
  let table: UnsafePointer<gw_recurrence>
  let shape: OuterProductShape
  let part: HeadPart

  /// The given columns of positions `range` of an array of `width` columns per head, in rows of `padded` floats.
  func pack(
    _ source: AttentionRows, _ range: Range<Int>, _ columns: Range<Int>, of width: Int, _ padded: Int,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let first = source.head(part, width: width) + columns.lowerBound + range.lowerBound * source.rowStride
    table.pointee.pack(range.count, columns.count, padded, Int32(GW_MAP_IDENTITY), first, source.rowStride, target)
  }

  /// The rows that read the state behind positions `range`: `shift` positions later, zeros beyond the last.
  func pack(
    _ source: AttentionRows, shiftedBy shift: Int, _ range: Range<Int>, _ columns: Range<Int>, of width: Int,
    _ padded: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    let upper = min(range.upperBound + shift, shape.length)
    let lower = min(range.lowerBound + shift, upper)
    pack(source, lower..<upper, columns, of: width, padded, target)
    let missing = range.count - (upper - lower)
    (target + (upper - lower) * padded).update(repeating: 0, count: missing * padded)
  }

  func unpack(
    _ source: UnsafePointer<Float>, _ range: Range<Int>, _ columns: Range<Int>, of width: Int, _ padded: Int,
    _ target: MutableAttentionRows
  ) {
    let first = target.head(part, width: width) + columns.lowerBound + range.lowerBound * target.rowStride
    table.pointee.unpack(range.count, columns.count, padded, source, nil, 0, first, target.rowStride)
  }
}
