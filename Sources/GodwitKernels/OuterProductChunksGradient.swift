import CGodwitKernels

/// The gradient of ``outerProductRecurrenceByChunks``.
///
/// The states before the chunks are computed again, then the chunks are gone through from the last to the first with the gradient
/// of the state behind them. What the gradient of a decay consists of (pairs within a chunk, across its beginning, its end, or both)
/// is added up without taking anything away, so that nothing cancels that the derivative itself does not cancel.
///
/// Time B H T (10 K V + C (2 V + 3 K / heads of a part)) flops with chunks of C positions; memory beyond inputs and outputs T K V / C
/// for each head that is worked on, and T K for each part of the heads that share queries and keys.
///
/// - Parameters: as of ``outerProductRecurrenceGradient``.
package func outerProductRecurrenceGradientByChunks(
  _ shape: OuterProductShape, decay: OuterProductDecay, queries: AttentionRows, keys: AttentionRows,
  values: AttentionRows, initialState: UnsafePointer<Float>? = nil, outputGradient: AttentionRows,
  finalStateGradient: UnsafePointer<Float>? = nil, queryGradient: MutableAttentionRows,
  keyGradient: MutableAttentionRows, valueGradient: MutableAttentionRows, decayGradient: OuterProductDecayGradient,
  initialStateGradient: UnsafeMutablePointer<Float>? = nil, on isa: InstructionSet = .currentForProducts
) {
  let chunks = OuterProductChunks(shape, on: isa)
  let sums = OuterProductChunkSums(chunks, decayGradient, queryGradient, keyGradient)
  let pass = OuterProductChunksBackward(
    chunks: chunks, decay: decay, queries: queries, keys: keys, values: values, outputGradient: outputGradient,
    valueGradient: valueGradient, sums: sums)
  chunks.forEachPart { part in
    pass.run(part, initialState, finalStateGradient, initialStateGradient)
  }
  sums.finish()
}

/// The way through the chunks of a part and back.
private struct OuterProductChunksBackward {
  let chunks: OuterProductChunks
  let decay: OuterProductDecay
  let queries, keys, values, outputGradient: AttentionRows
  let valueGradient: MutableAttentionRows
  let sums: OuterProductChunkSums

  private var shape: OuterProductShape { chunks.shape }

  /// Scratch of a part; rows and states are those of one chunk, states transposed, [V, K].
  private struct Work {
    let q, k, turnedKeys, dq, dk, read: UnsafeMutablePointer<Float>
    let v, turnedValues, dy, dv: UnsafeMutablePointer<Float>
    let products, weights, dProducts, dWeights: UnsafeMutablePointer<Float>
    /// The gradient of each head's state, and that of one head the other way round, [K, V].
    let dStates, dState: UnsafeMutablePointer<Float>
    /// Shares of the gradients of the decays, and scratch.
    let open, spans, reads, writes: UnsafeMutablePointer<Float>
    let fades: Fades

    static func scratch(_ chunks: OuterProductChunks, _ part: OuterProductChunks.Part) -> [Int] {
      let shape = chunks.shape
      let (chunk, columns) = (shape.chunk, part.columns.count)
      return [
        6 * chunk * chunks.keyStride, shape.keyWidth * chunks.chunkStride, 3 * chunk * chunks.valueStride,
        columns * chunks.chunkStride, (4 * chunk + 16) * chunks.chunkStride,
        part.heads.count * columns * chunks.keyStride, shape.keyWidth * chunks.valueStride, 4 * chunks.chunkStride,
        Fades.scratch(chunks),
      ]
    }

    init(_ chunks: OuterProductChunks, _ part: OuterProductChunks.Part, _ scratch: inout RecurrenceScratch) {
      let shape = chunks.shape
      let counts = Self.scratch(chunks, part)
      let rows = shape.chunk * chunks.keyStride
      q = scratch.take(counts[0], zeroed: false)
      (k, dq, dk, read) = (q + rows, q + 2 * rows, q + 3 * rows, q + 4 * rows)
      turnedKeys = scratch.take(counts[1], zeroed: false)
      v = scratch.take(counts[2], zeroed: false)
      (dy, dv) = (v + shape.chunk * chunks.valueStride, v + 2 * shape.chunk * chunks.valueStride)
      turnedValues = scratch.take(counts[3], zeroed: false)
      let square = shape.chunk * chunks.chunkStride
      products = scratch.take(counts[4], zeroed: false)
      (weights, dProducts, dWeights) = (products + square, products + 2 * square, products + 3 * square)
      dStates = scratch.take(counts[5])
      dState = scratch.take(counts[6])
      open = scratch.take(counts[7], zeroed: false)
      (spans, reads, writes) = (
        open + chunks.chunkStride, open + 2 * chunks.chunkStride, open + 3 * chunks.chunkStride
      )
      fades = Fades(chunks, scratch: &scratch)
    }
  }

  func run(
    _ part: OuterProductChunks.Part, _ initialState: UnsafePointer<Float>?,
    _ finalStateGradient: UnsafePointer<Float>?, _ initialStateGradient: UnsafeMutablePointer<Float>?
  ) {
    let (columns, stateCount) = (part.columns.count, part.columns.count * chunks.keyStride)
    let before = chunks.chunks * part.heads.count * stateCount
    var scratch = RecurrenceScratch(counts: Work.scratch(chunks, part) + [before])
    let work = Work(chunks, part, &scratch)
    let states = scratch.take(before, zeroed: false)
    let table = chunks.table.pointee
    func turn(_ state: UnsafePointer<Float>, _ head: Int, _ target: UnsafeMutablePointer<Float>) {
      table.transpose(
        shape.keyWidth, columns, state + chunks.stateStart(part, head), shape.valueWidth, target, chunks.keyStride, 1)
    }
    states.update(repeating: 0, count: min(before, part.heads.count * stateCount))
    for (place, head) in part.heads.enumerated() {
      if let initialState, chunks.chunks > 0 { turn(initialState, head, states + place * stateCount) }
      if let finalStateGradient { turn(finalStateGradient, head, work.dStates + place * stateCount) }
    }
    for index in 0..<max(chunks.chunks - 1, 0) { advance(part, index, work, states) }
    for index in (0..<chunks.chunks).reversed() { goBack(part, index, work, states) }
    guard let initialStateGradient else { return }
    for (place, head) in part.heads.enumerated() {
      table.transpose(
        columns, shape.keyWidth, work.dStates + place * stateCount, chunks.keyStride,
        initialStateGradient + chunks.stateStart(part, head), shape.valueWidth, 1)
    }
  }

  /// The states behind a chunk from those before it.
  private func advance(
    _ part: OuterProductChunks.Part, _ index: Int, _ work: Work, _ states: UnsafeMutablePointer<Float>
  ) {
    let (table, fade) = (chunks.table.pointee, chunks.fade.pointee)
    let (range, columns, keyStride) = (chunks.range(index), part.columns.count, chunks.keyStride)
    let (count, stateCount) = (range.count, columns * keyStride)
    chunks.packKeys(keys, part, range, work.k)
    for (place, head) in part.heads.enumerated() {
      let state = states + (index * part.heads.count + place) * stateCount
      let next = state + part.heads.count * stateCount
      chunks.load(decay, part, head, range, work.fades)
      chunks.packValues(values, part, head, range, work.v)
      fade.scale_rows(count, chunks.vectors(columns), work.fades.atEnd, 1, work.v, work.v, chunks.valueStride)
      let keyVectors = chunks.vectors(shape.keyWidth)
      fade.scale_rows(columns, keyVectors, work.fades.ofPast + count - 1, 0, state, next, keyStride)
      let rows = chunks.rowsAfter(part, place, index, keys: [keys], values: [values])
      table.product_ahead(
        columns, keyVectors, count, work.v, 1, chunks.valueStride, work.k, keyStride, next, keyStride, 1, rows,
        rows.count)
    }
  }

  /// The gradients of a chunk, and those of the states before it from those behind it.
  private func goBack(
    _ part: OuterProductChunks.Part, _ index: Int, _ work: Work, _ states: UnsafeMutablePointer<Float>
  ) {
    let table = chunks.table.pointee
    let (range, keyStride, chunkStride) = (chunks.range(index), chunks.keyStride, chunks.chunkStride)
    let (count, stateCount, keyVectors) = (range.count, part.columns.count * keyStride, chunks.vectors(shape.keyWidth))
    chunks.packKeys(queries, part, range, work.q)
    chunks.packKeys(keys, part, range, work.k)
    table.transpose(count, shape.keyWidth, work.k, keyStride, work.turnedKeys, chunkStride, 1)
    table.lower_scores(
      count, shape.keyWidth, work.q, keyStride, work.turnedKeys, chunkStride, work.products, chunkStride)
    work.dq.update(repeating: 0, count: count * keyStride)
    work.dk.update(repeating: 0, count: count * keyStride)
    for (place, head) in part.heads.enumerated() {
      let state = states + (index * part.heads.count + place) * stateCount
      let next = chunks.rowsAfter(
        part, place, index, keys: [queries, keys], values: [values, outputGradient, AttentionRows(valueGradient)],
        isReverse: true)
      goBack(
        part, head, range, isFirst: place == 0, work, state: state, dState: work.dStates + place * stateCount,
        next: next)
    }
    table.lower_product(
      count, keyVectors, work.dProducts, chunkStride, work.k, keyStride, work.dq, keyStride)
    table.upper_product(
      count, keyVectors, work.dProducts, chunkStride, work.q, keyStride, work.dk, keyStride)
    sums.store(part, range, queries: work.dq, keys: work.dk)
  }

  /// That of one head.
  ///
  /// - Parameters:
  ///   - state: before the chunk, transposed.
  ///   - dState: the gradient of the state behind the chunk, transposed; becomes that before it.
  ///   - next: what is read after this head.
  private func goBack(
    _ part: OuterProductChunks.Part, _ head: Int, _ range: Range<Int>, isFirst: Bool, _ work: Work,
    state: UnsafeMutablePointer<Float>, dState: UnsafeMutablePointer<Float>, next: [gw_rows_ahead]
  ) {
    let (table, fade, fades) = (chunks.table.pointee, chunks.fade.pointee, work.fades)
    let (columns, count) = (part.columns.count, range.count)
    let (keyStride, valueStride, chunkStride) = (chunks.keyStride, chunks.valueStride, chunks.chunkStride)
    let (keyVectors, valueVectors) = (chunks.vectors(shape.keyWidth), chunks.vectors(columns))
    chunks.load(decay, part, head, range, fades)
    chunks.packValues(values, part, head, range, work.v)
    chunks.packValues(outputGradient, part, head, range, work.dy)
    table.transpose(count, columns, work.v, valueStride, work.turnedValues, chunkStride, 1)
    table.lower_scores(
      count, columns, work.dy, valueStride, work.turnedValues, chunkStride, work.dWeights, chunkStride)
    fade.weigh_gradient(
      count, fades.pointer, work.products, work.dWeights, isFirst ? 1 : 0, work.weights, work.dProducts, chunkStride,
      work.open, work.spans)

    // What queries read of the state before the chunk, and what keys wrote to the state behind it.
    table.product_ahead(
      count, keyVectors, columns, work.dy, valueStride, 1, state, keyStride, work.read, keyStride, 0, next, next.count)
    fade.add_scaled(count, keyVectors, fades.ofPast, work.read, work.q, work.dq, keyStride, work.reads)
    table.product(
      count, keyVectors, columns, work.v, valueStride, 1, dState, keyStride, work.read, keyStride, 0)
    fade.add_scaled(count, keyVectors, fades.atEnd, work.read, work.k, work.dk, keyStride, work.writes)

    table.transpose(columns, shape.keyWidth, dState, keyStride, work.dState, valueStride, 1)
    table.product(
      count, valueVectors, shape.keyWidth, work.k, keyStride, 1, work.dState, valueStride, work.dv, valueStride, 0)
    fade.scale_rows(count, valueVectors, fades.atEnd, 1, work.dv, work.dv, valueStride)
    table.upper_product(
      count, valueVectors, work.weights, chunkStride, work.dy, valueStride, work.dv, valueStride)
    chunks.unpackValues(work.dv, part, head, range, valueGradient)

    let kept = fades.ofPast[count - 1]
    if let target = sums.decays(part, head, range) {
      // Of a state that is forgotten nothing is left, whatever it was.
      let across = kept == 0 ? 0 : Double(kept) * fade.dot(columns, keyVectors, state, dState, keyStride)
      fade.decay_gradient(count, across, work.spans, work.reads, work.writes, target, shape.heads)
    }
    fade.scale_rows(columns, keyVectors, fades.ofPast + count - 1, 0, dState, dState, keyStride)
    fade.scale_rows(count, valueVectors, fades.ofPast, 1, work.dy, work.dy, valueStride)
    table.product(
      columns, keyVectors, count, work.dy, 1, valueStride, work.q, keyStride, dState, keyStride, 1)
  }
}
