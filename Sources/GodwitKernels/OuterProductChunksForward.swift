import CGodwitKernels

/// ``outerProductRecurrence`` by chunks of positions, for one decay per position or per head, and not strictly past.
///
/// With L[t, s] the product of the decays after s up to t, and l[t] of those of the chunk up to t: Y = (L ⊙ Q Kᵀ) V + l ⊙ Q S, and
/// S becomes l[end] S + (L[end] ⊙ K)ᵀ V. Heads that share queries and keys share Q Kᵀ. Dao and Gu 2024, "Transformers are SSMs",
/// section 6.
///
/// Time B H T (4 K V + C (V + K / heads of a part)) flops with chunks of C positions: less than the walk by positions, which
/// multiplies the state by its decay at each. Memory beyond inputs and outputs O(K V + C²) for each head of a part.
///
/// Products of queries and keys must be finite where these are, which the walk does not need.
package func outerProductRecurrenceByChunks(
  _ shape: OuterProductShape, decay: OuterProductDecay, queries: AttentionRows, keys: AttentionRows,
  values: AttentionRows, output: MutableAttentionRows, initialState: UnsafePointer<Float>? = nil,
  finalState: UnsafeMutablePointer<Float>? = nil, on isa: InstructionSet = .currentForProducts
) {
  let chunks = OuterProductChunks(shape, on: isa)
  let (keyWidth, keyStride, valueStride) = (shape.keyWidth, chunks.keyStride, chunks.valueStride)
  let (chunk, chunkStride) = (shape.chunk, chunks.chunkStride)
  let (table, fade) = (chunks.table.pointee, chunks.fade.pointee)
  chunks.forEachPart { part in
    let columns = part.columns.count
    let valueVectors = chunks.vectors(columns)
    let stateCount = keyWidth * valueStride
    var scratch = RecurrenceScratch(
      2 * chunk * keyStride, keyWidth * chunkStride, 2 * chunk * chunkStride, 2 * chunk * valueStride,
      part.heads.count * stateCount, Fades.scratch(chunks))
    let q = scratch.take(2 * chunk * keyStride, zeroed: false)
    let k = q + chunk * keyStride
    let turnedKeys = scratch.take(keyWidth * chunkStride, zeroed: false)
    let products = scratch.take(2 * chunk * chunkStride, zeroed: false)
    let weights = products + chunk * chunkStride
    let v = scratch.take(2 * chunk * valueStride, zeroed: false)
    let y = v + chunk * valueStride
    let states = scratch.take(part.heads.count * stateCount, zeroed: initialState == nil)
    let fades = Fades(chunks, scratch: &scratch)
    for (place, head) in part.heads.enumerated() {
      guard let initialState else { break }
      table.pack(
        keyWidth, columns, valueStride, initialState + chunks.stateStart(part, head), shape.valueWidth,
        states + place * stateCount)
    }
    for index in 0..<chunks.chunks {
      let range = chunks.range(index)
      let count = range.count
      chunks.packKeys(queries, part, range, q)
      chunks.packKeys(keys, part, range, k)
      table.transpose(count, keyWidth, k, keyStride, turnedKeys, chunkStride, 1)
      table.lower_scores(count, keyWidth, q, keyStride, turnedKeys, chunkStride, products, chunkStride)
      for (place, head) in part.heads.enumerated() {
        let state = states + place * stateCount
        chunks.load(decay, part, head, range, fades)
        chunks.packValues(values, part, head, range, v)
        let next = chunks.rowsAfter(
          part, place, index, keys: [queries, keys], values: [values, AttentionRows(output)])
        table.product_ahead(
          count, valueVectors, keyWidth, q, keyStride, 1, state, valueStride, y, valueStride, 0, next, next.count)
        fade.scale_rows(count, valueVectors, fades.ofPast, 1, y, y, valueStride)
        fade.weigh(count, fades.pointer, products, weights, chunkStride)
        table.lower_product(count, valueVectors, weights, chunkStride, v, valueStride, y, valueStride)
        chunks.unpackValues(y, part, head, range, output)
        fade.scale_rows(count, valueVectors, fades.atEnd, 1, v, v, valueStride)
        fade.scale_rows(keyWidth, valueVectors, fades.ofPast + count - 1, 0, state, state, valueStride)
        table.product(
          keyWidth, valueVectors, count, k, 1, keyStride, v, valueStride, state, valueStride, 1)
      }
    }
    guard let finalState else { return }
    for (place, head) in part.heads.enumerated() {
      table.unpack(
        keyWidth, columns, valueStride, states + place * stateCount, 0, 1,
        finalState + chunks.stateStart(part, head), shape.valueWidth, 1)
    }
  }
}
