import CGodwitKernels

/// Linear attention: S += phi(k) v^T, z += phi(k), y = S^T phi(q), divided by phi(q) . z + epsilon where `normalised`; by infinity
/// where that is below the least normal number.
///
/// Means of finite operands are finite: a row of phi(q) whose sum of weights is far from 1 is multiplied by a power of two,
/// which cancels, and key features beyond 2^80 count as 2^80 where `normalised`, with a derivative of 0.
///
/// Time 4 B H T K V flops whatever the chunk; memory beyond inputs and outputs O(K V) per thread, independent of T.
/// A panel of S stays in registers over a block of positions, which on a CPU is less work than the form that
/// multiplies a block's queries by its keys. Katharopoulos et al. 2020, "Transformers are RNNs", equations 9-12, 18-20.
///
/// - Parameters:
///   - queries: [B, T, H, K] rows; keys likewise; values [B, T, H, V] rows.
///   - output: [B, T, H, V] rows.
///   - denominator: [B, T, H], phi(q) . z + epsilon, kept for the gradient; required where `normalised`, as are
///     `exponents` [B, T, H]: of the factors of the rows, written where they are not 0; denominators have their row's factor.
///   - initialState: S [B, H, K, V] before the first position, zero if nil; `initialSum` is z [B, H, K].
///   - finalState: S after the last position (not causal: the S that every position reads), and z likewise. They must
///     not be the memory of the initial ones. z is computed only where `normalised`.
///   - added: what the positions have added to S, by itself, and to z; half as much work again.
package func linearAttention(
  _ shape: LinearAttentionShape, map: ElementwiseFeatureMap, normalized: Bool, epsilon: Float = 0,
  queries: AttentionRows, keys: AttentionRows, values: AttentionRows, output: MutableAttentionRows,
  denominator: UnsafeMutablePointer<Float>? = nil, exponents: UnsafeMutablePointer<Float>? = nil,
  initialState: UnsafePointer<Float>? = nil, initialSum: UnsafePointer<Float>? = nil,
  finalState: UnsafeMutablePointer<Float>? = nil, finalSum: UnsafeMutablePointer<Float>? = nil,
  added: (state: UnsafeMutablePointer<Float>, sum: UnsafeMutablePointer<Float>)? = nil,
  on isa: InstructionSet = .current
) {
  let table = gw_recurrence_table(isa.rawValue)!
  let (keyWidth, valueWidth) = (shape.keyWidth, shape.valueWidth)
  let rows = paddedWidth(keyWidth, table)
  HeadPart.forEach(
    batch: shape.batch, heads: shape.heads, columns: [valueWidth], width: Int(table.pointee.width), groups: true
  ) { _, parts in
    let valueColumns = parts[0].columns
    let width = valueColumns.count
    let columns = paddedWidth(width, table)
    let chunk = shape.chunk
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk, heads: parts.count), rows * parts.count,
      chunk, chunk, added == nil ? 0 : rows * (columns + 1) * parts.count)
    var scan = OuterProductScan(
      table, rows: rows, columns: columns, chunk: chunk, reverse: false, heads: parts.count, scratch: &scratch)
    let sums = scratch.take(rows * parts.count)
    let divisors = scratch.take(chunk)
    let blockExponents = scratch.take(chunk)
    let addedSums = added.map { _ in scratch.take(rows * parts.count) }
    if added != nil { scan.added = scratch.take(rows * columns * parts.count) }
    var isScaled = false
    func stateStart(_ part: HeadPart) -> Int { (part.batch * shape.heads + part.head) * keyWidth * valueWidth }
    func sumStart(_ part: HeadPart) -> Int { (part.batch * shape.heads + part.head) * keyWidth }
    for (head, part) in parts.enumerated() {
      scan.sources.append([
        queries.source(part, 0..<keyWidth, of: keyWidth), keys.source(part, 0..<keyWidth, of: keyWidth),
        values.source(part, valueColumns, of: valueWidth),
      ])
      if let initialState {
        scan.setState(
          head, initialState + stateStart(part) + valueColumns.lowerBound, rows: keyWidth, columns: width,
          rowStride: valueWidth, columnStride: 1)
      }
      if let initialSum { (sums + head * rows).update(from: initialSum + sumStart(part), count: keyWidth) }
    }

    scan.run(0..<shape.length, causal: shape.causal) { head, range, phase in
      let (start, count, part) = (range.lowerBound, range.count, parts[head])
      let sum = sums + head * rows
      if phase.updates {
        let key = keys.head(part, width: keyWidth) + start * keys.rowStride
        let value = values.head(part, width: valueWidth) + valueColumns.lowerBound + start * values.rowStride
        let packKeys = normalized ? table.pointee.pack_keys! : table.pointee.pack!
        packKeys(count, keyWidth, rows, map.rawValue, key, keys.rowStride, scan.k)
        table.pointee.pack(
          count, width, columns, ElementwiseFeatureMap.identity.rawValue, value, values.rowStride, scan.v)
      }
      let query = queries.head(part, width: keyWidth) + start * queries.rowStride
      if phase.reads {
        table.pointee.pack(count, keyWidth, rows, map.rawValue, query, queries.rowStride, scan.q)
      }
      guard normalized else { return }
      if phase.updates, let addedSums {
        table.pointee.vector_sum(count, rows, scan.k, rows, nil, addedSums + head * rows, nil, 0, nil, 0)
      }
      if phase.reads {
        isScaled =
          table.pointee.normaliser(
            count, keyWidth, rows, map.rawValue, query, queries.rowStride, scan.q, phase.updates ? scan.k : nil, sum,
            epsilon, divisors, blockExponents) != 0
      } else {
        table.pointee.vector_sum(count, rows, scan.k, rows, nil, sum, nil, 0, nil, 0)
      }
    } store: { head, range in
      let part = parts[head]
      let out = output.head(part, width: valueWidth) + valueColumns.lowerBound + range.lowerBound * output.rowStride
      table.pointee.unpack(
        range.count, width, columns, scan.y, normalized ? divisors : nil, 1, out, output.rowStride)
      if normalized, let denominator, valueColumns.lowerBound == 0 {
        let target = denominator + part.batch * shape.length * shape.heads + part.head
        for (offset, position) in range.enumerated() { target[position * shape.heads] = divisors[offset] }
        if isScaled, let exponents {
          let target = exponents + part.batch * shape.length * shape.heads + part.head
          for (offset, position) in range.enumerated() where blockExponents[offset] != 0 {
            target[position * shape.heads] = blockExponents[offset]
          }
        }
      }
      if isScaled { blockExponents.update(repeating: 0, count: chunk) }
    }
    for (head, part) in parts.enumerated() {
      if let added {
        scan.copyAdded(
          head, to: added.state + stateStart(part) + valueColumns.lowerBound, rows: keyWidth, columns: width,
          rowStride: valueWidth)
        if let addedSums, normalized, valueColumns.lowerBound == 0 {
          (added.sum + sumStart(part)).update(from: addedSums + head * rows, count: keyWidth)
        }
      }
      if let finalState {
        scan.copyState(
          head, to: finalState + stateStart(part) + valueColumns.lowerBound, rows: keyWidth, columns: width,
          rowStride: valueWidth)
      }
      if let finalSum, valueColumns.lowerBound == 0 {
        (finalSum + sumStart(part)).update(from: sums + head * rows, count: keyWidth)
      }
    }
  }
}

extension AttentionRows {
  /// Row 0 of one head of one batch entry.
  func head(_ part: HeadPart, width: Int) -> UnsafePointer<Float> {
    pointer + part.batch * batchStride + part.head * width
  }
}

extension MutableAttentionRows {
  /// Row 0 of one head of one batch entry.
  func head(_ part: HeadPart, width: Int) -> UnsafeMutablePointer<Float> {
    pointer + part.batch * batchStride + part.head * width
  }
}
