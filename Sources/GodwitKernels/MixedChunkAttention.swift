import CGodwitKernels

/// Mixed chunk attention: squared weights within a chunk, a sum of outer products over the chunks.
///
/// With a chunk of c positions, out = Σ relu(q · k)² v / (c K) over the own chunk, plus q̃ᵀ (mean of k̃ vᵀ over the chunks
/// before), all multiplied by the gate. Hua et al. 2022, "Transformer quality in linear time", section 3.2.
///
/// Time B H T (2 c (K + V) + 4 K V) flops, about half of the first where causal; memory beyond the operands
/// O(K V) for each chunk.
///
/// - Parameters:
///   - initial: the sum of outer products over the positions before, [B, H, K, V]; zero if nil.
///   - means: [B, H, N, K, V] for the N chunks: what each chunk reads, kept for the gradient; where `global`.
///   - final: the sum over the positions before and all full chunks, if wanted; where `global`.
///   - added: the sum over all full chunks alone, if wanted; where `global`.
///   - attended: [B, T, H, V] rows, the result before the gate, kept for the gradient; where there are gates.
///   - out: [B, T, H, V] rows.
package func mixedChunkAttention(
  _ shape: MixedChunkShape, _ operands: MixedChunkOperands, initial: UnsafePointer<Float>?,
  means: UnsafeMutablePointer<Float>, final: UnsafeMutablePointer<Float>?, added: UnsafeMutablePointer<Float>? = nil,
  attended: MutableAttentionRows?, out: MutableAttentionRows, on isa: InstructionSet? = nil
) {
  let products = isa ?? .currentForProducts
  if shape.global {
    shape.forEachChunk { place in
      multiply(
        m: shape.keyWidth, n: shape.valueWidth, k: place.rows.count,
        operands.rows(.globalKey, shape, place), transposeA: true, operands.values(shape, place),
        into: FloatRows(means + shape.stateStart(place), stride: shape.valueWidth), on: products)
    }
    MixedChunkSums(shape, isa).means(means, initial: initial, final: final, added: added)
  }
  let times = gw_binary_loop(
    (isa ?? .current).rawValue, 0, BinaryOperation.multiply.rawValue, Int32(GW_ROWS_BOTH))!
  shape.forEachChunk { place in
    let values = operands.values(shape, place)
    let result = (attended ?? out).rows(shape, place)
    let count = place.rows.count
    if shape.local {
      var scratch = RecurrenceScratch(shape.localScratch, shape.longestChunk)
      let scores = FloatRows(scratch.take(shape.localScratch, zeroed: false), stride: shape.scoreStride)
      let scales = scratch.take(shape.longestChunk)
      scales.update(repeating: shape.localScale, count: shape.longestChunk)
      for block in shape.blocks(place) {
        shape.block(block, scales, scores, isa).attend(
          q: operands.rows(.localQuery, shape, place).from(block.queries.lowerBound),
          k: operands.rows(.localKey, shape, place), v: values, out: result.from(block.queries.lowerBound))
      }
    }
    if shape.global {
      multiply(
        m: count, n: shape.valueWidth, k: shape.keyWidth, operands.rows(.globalQuery, shape, place),
        FloatRows(means + shape.stateStart(place), stride: shape.valueWidth), into: result,
        accumulate: shape.local, on: products)
    } else if !shape.local {
      result.clear(rows: count, columns: shape.valueWidth)
    }
    if let gates = operands.gates?.rows(shape, place) {
      let target = out.rows(shape, place)
      times(
        Int64(count), Int64(shape.valueWidth), gates.pointer, Int64(gates.stride), result.pointer,
        Int64(result.stride), target.pointer, Int64(target.stride))
    }
  }
}

extension MixedChunkShape {
  /// Rows of scores do not lie a power of two apart, where they would share few sets of the cache.
  var scoreStride: Int { longestChunk + 16 }

  var localScratch: Int { longestChunk * scoreStride }

  func block(
    _ block: (queries: Range<Int>, keys: Int), _ scales: UnsafePointer<Float>, _ scores: FloatRows,
    _ isa: InstructionSet?
  ) -> SquaredReluBlock {
    SquaredReluBlock(
      table: gw_squared_relu_table((isa ?? .current).rawValue)!, isa: isa ?? .currentForProducts,
      queries: block.queries.count, keys: block.keys, keyWidth: keyWidth, valueWidth: valueWidth,
      shift: causal ? block.queries.lowerBound : block.keys, scales: scales, scores: scores)
  }
}
