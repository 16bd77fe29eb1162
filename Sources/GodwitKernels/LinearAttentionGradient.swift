import CGodwitKernels

/// The gradient of ``linearAttention``: three scans of its own form, so nothing of the size of T is kept or recomputed.
///
/// With n = dy / denominator and e = -(dy . y) / denominator, and S, dS the state and its gradient at each position,
/// dphi(q) = S n + z e and, in reverse time, dv = dS^T phi(k), dphi(k) = dS v + dz, where dS += phi(q) n^T, dz += phi(q) e.
/// Where a row has an exponent, phi(q) and the denominator have the factor 2^exponent, and dphi(q) gets it once more.
/// Time 12 B H T K V flops, memory beyond inputs and outputs O(K V) per thread.
///
/// - Parameters:
///   - output: the result of the forward pass; read only where `normalised`, as are `denominator` and `exponents` [B, T, H].
///   - finalStateGradient: of S [B, H, K, V]; zero if nil, as `finalSumGradient` [B, H, K].
///   - queryGradient: written, not added to, as all results. Key and value gradients likewise.
///   - initialStateGradient: [B, H, K, V] or nil if not wanted; `initialSumGradient` [B, H, K] (only where `normalised`).
package func linearAttentionGradient(
  _ shape: LinearAttentionShape, map: ElementwiseFeatureMap, normalized: Bool,
  queries: AttentionRows, keys: AttentionRows, values: AttentionRows,
  output: AttentionRows, denominator: UnsafePointer<Float>? = nil, exponents: UnsafePointer<Float>? = nil,
  initialState: UnsafePointer<Float>? = nil, initialSum: UnsafePointer<Float>? = nil,
  outputGradient: AttentionRows,
  finalStateGradient: UnsafePointer<Float>? = nil, finalSumGradient: UnsafePointer<Float>? = nil,
  queryGradient: MutableAttentionRows, keyGradient: MutableAttentionRows, valueGradient: MutableAttentionRows,
  initialStateGradient: UnsafeMutablePointer<Float>? = nil, initialSumGradient: UnsafeMutablePointer<Float>? = nil,
  on isa: InstructionSet = .current
) {
  let table = gw_recurrence_table(isa.rawValue)!
  if normalized, denominator == nil || exponents == nil {
    fatalError("linearAttentionGradient: the denominators or the exponents of the forward pass are missing")
  }
  let pass = LinearAttentionBackward(
    table: table, shape: shape, map: map, queries: queries, keys: keys, values: values, output: output,
    denominator: normalized ? denominator : nil, exponents: normalized ? exponents : nil, outputGradient: outputGradient
  )
  HeadPart.forEach(
    batch: shape.batch, heads: shape.heads, columns: [shape.keyWidth, shape.valueWidth, shape.keyWidth],
    width: Int(table.pointee.width), groups: true
  ) { job, parts in
    switch job {
    case 0: pass.queries(parts, initialState, initialSum, queryGradient)
    case 1: pass.values(parts, finalStateGradient, valueGradient, initialStateGradient)
    default: pass.keys(parts, finalStateGradient, finalSumGradient, keyGradient, initialSumGradient)
    }
  }
}

/// What the three scans of the gradient share.
private struct LinearAttentionBackward {
  let table: UnsafePointer<gw_recurrence>
  let shape: LinearAttentionShape
  let map: ElementwiseFeatureMap
  let queries: AttentionRows
  let keys: AttentionRows
  let values: AttentionRows
  let output: AttentionRows
  let denominator: UnsafePointer<Float>?
  let exponents: UnsafePointer<Float>?
  let outputGradient: AttentionRows

  /// dphi(q) = S n + z e, forward in time; S is held transposed, [V, K part].
  func queries(
    _ parts: [HeadPart], _ initialState: UnsafePointer<Float>?, _ initialSum: UnsafePointer<Float>?,
    _ gradient: MutableAttentionRows
  ) {
    let (chunk, width) = (shape.chunk, parts[0].columns.count)
    let (rows, columns) = (paddedWidth(shape.valueWidth, table), paddedWidth(width, table))
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk, heads: parts.count),
      columns * parts.count, chunk, chunk * columns)
    var scan = OuterProductScan(
      table, rows: rows, columns: columns, chunk: chunk, reverse: false, heads: parts.count, scratch: &scratch)
    for part in parts {
      scan.sources.append([
        values.source(part, 0..<shape.valueWidth, of: shape.valueWidth),
        keys.source(part, part.columns, of: shape.keyWidth),
        outputGradient.source(part, 0..<shape.valueWidth, of: shape.valueWidth),
        queries.source(part, part.columns, of: shape.keyWidth),
        output.source(part, 0..<shape.valueWidth, of: shape.valueWidth),
      ])
    }
    let sums = scratch.take(columns * parts.count)
    let divisorGradients = scratch.take(chunk)
    let features = scratch.take(chunk * columns)
    for (head, part) in parts.enumerated() {
      if let initialState { setTransposed(scan, head, initialState, part) }
      if let initialSum {
        (sums + head * columns).update(from: initialSum + vectorStart(part), count: width)
      }
    }
    scan.run(0..<shape.length, causal: shape.causal) { head, range, phase in
      let part = parts[head]
      if phase.updates {
        pack(values, part, 0..<shape.valueWidth, of: shape.valueWidth, range, rows, .identity, scan.k)
        packKeys(part, part.columns, range, columns, map, scan.v)
      }
      if phase.reads { packGradients(part, 0..<shape.valueWidth, range, rows, scan.q, divisorGradients) }
      if denominator != nil {
        scan.vectorSum(range.count, phase, k: scan.v, weight: nil, z: sums + head * columns, factor: divisorGradients)
      }
    } store: { head, range in
      let part = parts[head]
      scale(part, part.columns, range, columns, .identity, scan.y)
      unpack(scan.y, queries, part, range, columns, features, gradient)
    }
  }

  /// dv = dS^T phi(k), backward in time; dS is [K, V part].
  func values(
    _ parts: [HeadPart], _ finalGradient: UnsafePointer<Float>?, _ gradient: MutableAttentionRows,
    _ initialGradient: UnsafeMutablePointer<Float>?
  ) {
    let (chunk, width) = (shape.chunk, parts[0].columns.count)
    let (rows, columns) = (paddedWidth(shape.keyWidth, table), paddedWidth(width, table))
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk, heads: parts.count), chunk)
    var scan = OuterProductScan(
      table, rows: rows, columns: columns, chunk: chunk, reverse: true, heads: parts.count, scratch: &scratch)
    for part in parts {
      scan.sources.append([
        queries.source(part, 0..<shape.keyWidth, of: shape.keyWidth),
        keys.source(part, 0..<shape.keyWidth, of: shape.keyWidth),
        outputGradient.source(part, part.columns, of: shape.valueWidth),
        output.source(part, part.columns, of: shape.valueWidth),
      ])
    }
    let unused = scratch.take(chunk)
    if let finalGradient {
      for (head, part) in parts.enumerated() {
        scan.setState(
          head, finalGradient + stateStart(part) + part.columns.lowerBound, rows: shape.keyWidth, columns: width,
          rowStride: shape.valueWidth, columnStride: 1)
      }
    }
    scan.run(0..<shape.length, causal: shape.causal) { head, range, phase in
      let part = parts[head]
      if phase.updates {
        packQueries(part, 0..<shape.keyWidth, range, rows, map, scan.k)
        packGradients(part, part.columns, range, columns, scan.v, unused)
      }
      if phase.reads { packKeys(part, 0..<shape.keyWidth, range, rows, map, scan.q) }
    } store: { head, range in
      let part = parts[head]
      let target = gradient.head(part, width: shape.valueWidth) + part.columns.lowerBound
      table.pointee.unpack(
        range.count, width, columns, scan.y, nil, 0, target + range.lowerBound * gradient.rowStride,
        gradient.rowStride)
    }
    if let initialGradient {
      for (head, part) in parts.enumerated() {
        scan.copyState(
          head, to: initialGradient + stateStart(part) + part.columns.lowerBound, rows: shape.keyWidth,
          columns: width, rowStride: shape.valueWidth)
      }
    }
  }

  /// dphi(k) = dS v + dz, backward in time; dS is held transposed, [V, K part].
  func keys(
    _ parts: [HeadPart], _ finalGradient: UnsafePointer<Float>?, _ finalSumGradient: UnsafePointer<Float>?,
    _ gradient: MutableAttentionRows, _ initialSumGradient: UnsafeMutablePointer<Float>?
  ) {
    let (chunk, width) = (shape.chunk, parts[0].columns.count)
    let (rows, columns) = (paddedWidth(shape.valueWidth, table), paddedWidth(width, table))
    var scratch = RecurrenceScratch(
      OuterProductScan.scratch(rows: rows, columns: columns, chunk: chunk, heads: parts.count),
      columns * parts.count, chunk, chunk * columns)
    var scan = OuterProductScan(
      table, rows: rows, columns: columns, chunk: chunk, reverse: true, heads: parts.count, scratch: &scratch)
    for part in parts {
      scan.sources.append([
        queries.source(part, part.columns, of: shape.keyWidth),
        outputGradient.source(part, 0..<shape.valueWidth, of: shape.valueWidth),
        values.source(part, 0..<shape.valueWidth, of: shape.valueWidth),
        keys.source(part, part.columns, of: shape.keyWidth),
        output.source(part, 0..<shape.valueWidth, of: shape.valueWidth),
      ])
    }
    let sums = scratch.take(columns * parts.count)
    let divisorGradients = scratch.take(chunk)
    let features = scratch.take(chunk * columns)
    for (head, part) in parts.enumerated() {
      if let finalGradient { setTransposed(scan, head, finalGradient, part) }
      if let finalSumGradient {
        (sums + head * columns).update(from: finalSumGradient + vectorStart(part), count: width)
      }
    }
    scan.run(0..<shape.length, causal: shape.causal) { head, range, phase in
      let part = parts[head]
      if phase.updates {
        packQueries(part, part.columns, range, columns, map, scan.v)
        packGradients(part, 0..<shape.valueWidth, range, rows, scan.k, divisorGradients)
      }
      if phase.reads { pack(values, part, 0..<shape.valueWidth, of: shape.valueWidth, range, rows, .identity, scan.q) }
      if denominator != nil {
        scan.vectorSum(range.count, phase, k: scan.v, weight: divisorGradients, z: sums + head * columns, factor: nil)
      }
    } store: { head, range in
      let part = parts[head]
      unpack(scan.y, keys, part, range, columns, features, gradient, ofKeys: true)
    }
    if let initialSumGradient, denominator != nil {
      for (head, part) in parts.enumerated() {
        (initialSumGradient + vectorStart(part)).update(from: sums + head * columns, count: width)
      }
    }
  }

  private func stateStart(_ part: HeadPart) -> Int {
    (part.batch * shape.heads + part.head) * shape.keyWidth * shape.valueWidth
  }

  private func vectorStart(_ part: HeadPart) -> Int {
    (part.batch * shape.heads + part.head) * shape.keyWidth + part.columns.lowerBound
  }

  private func setTransposed(
    _ scan: OuterProductScan, _ head: Int, _ state: UnsafePointer<Float>, _ part: HeadPart
  ) {
    scan.setState(
      head, state + stateStart(part) + part.columns.lowerBound * shape.valueWidth, rows: shape.valueWidth,
      columns: part.columns.count, rowStride: 1, columnStride: shape.valueWidth)
  }

  private func pack(
    _ source: AttentionRows, _ part: HeadPart, _ columns: Range<Int>, of width: Int, _ range: Range<Int>,
    _ padded: Int, _ map: ElementwiseFeatureMap, _ target: UnsafeMutablePointer<Float>
  ) {
    let first = source.head(part, width: width) + columns.lowerBound + range.lowerBound * source.rowStride
    table.pointee.pack(range.count, columns.count, padded, map.rawValue, first, source.rowStride, target)
  }

  private func packKeys(
    _ part: HeadPart, _ columns: Range<Int>, _ range: Range<Int>, _ padded: Int, _ map: ElementwiseFeatureMap,
    _ target: UnsafeMutablePointer<Float>
  ) {
    if exponents == nil { return pack(keys, part, columns, of: shape.keyWidth, range, padded, map, target) }
    let first = keys.head(part, width: shape.keyWidth) + columns.lowerBound + range.lowerBound * keys.rowStride
    table.pointee.pack_keys(range.count, columns.count, padded, map.rawValue, first, keys.rowStride, target)
  }

  private func packQueries(
    _ part: HeadPart, _ columns: Range<Int>, _ range: Range<Int>, _ padded: Int, _ map: ElementwiseFeatureMap,
    _ target: UnsafeMutablePointer<Float>
  ) {
    pack(queries, part, columns, of: shape.keyWidth, range, padded, map, target)
    scale(part, columns, range, padded, map, target)
  }

  /// Multiplies those rows of features of queries, or of their gradient, that have an exponent by their factor.
  private func scale(
    _ part: HeadPart, _ columns: Range<Int>, _ range: Range<Int>, _ padded: Int, _ map: ElementwiseFeatureMap,
    _ rows: UnsafeMutablePointer<Float>
  ) {
    guard let exponents else { return }
    let first = queries.head(part, width: shape.keyWidth) + columns.lowerBound + range.lowerBound * queries.rowStride
    table.pointee.scale(
      range.count, columns.count, padded, map.rawValue, first, queries.rowStride,
      exponents + (part.batch * shape.length + range.lowerBound) * shape.heads + part.head, shape.heads, rows)
  }

  /// n and e of a block; n restricted to the given columns of V (e is then of no use).
  private func packGradients(
    _ part: HeadPart, _ columns: Range<Int>, _ range: Range<Int>, _ padded: Int,
    _ target: UnsafeMutablePointer<Float>, _ divisorGradients: UnsafeMutablePointer<Float>
  ) {
    guard let denominator else {
      return pack(outputGradient, part, columns, of: shape.valueWidth, range, padded, .identity, target)
    }
    let gradient = outputGradient.head(part, width: shape.valueWidth) + columns.lowerBound
    let result = output.head(part, width: shape.valueWidth) + columns.lowerBound
    let divisors = denominator + (part.batch * shape.length + range.lowerBound) * shape.heads + part.head
    table.pointee.normaliser_gradient(
      range.count, columns.count, padded, gradient + range.lowerBound * outputGradient.rowStride,
      outputGradient.rowStride, result + range.lowerBound * output.rowStride, output.rowStride, divisors, shape.heads,
      target, divisorGradients)
  }

  /// Writes the gradient of a part's features as the gradient of what the features are of, queries or keys.
  private func unpack(
    _ y: UnsafeMutablePointer<Float>, _ source: AttentionRows, _ part: HeadPart, _ range: Range<Int>, _ padded: Int,
    _ features: UnsafeMutablePointer<Float>, _ gradient: MutableAttentionRows, ofKeys: Bool = false
  ) {
    let width = shape.keyWidth
    let target =
      gradient.head(part, width: width) + part.columns.lowerBound + range.lowerBound * gradient.rowStride
    switch map {
    case .identity:
      table.pointee.unpack(range.count, part.columns.count, padded, y, nil, 0, target, gradient.rowStride)
    case .eluPlusOne, .relu, .reluSquared:
      pack(source, part, part.columns, of: width, range, padded, map.slopeBase, features)
      // The inputs of relu squared are what is scaled, and its slope with them.
      if map == .reluSquared, !ofKeys { scale(part, part.columns, range, padded, .relu, features) }
      table.pointee.unpack_slope(
        range.count, part.columns.count, padded, map.rawValue, ofKeys && exponents != nil ? 1 : 0, y, features, target,
        gradient.rowStride)
    }
  }
}
