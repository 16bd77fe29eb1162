import CGodwitKernels

/// The gradient of ``mixedChunkAttention``; the weights within the chunks are computed again.
///
/// - Parameters:
///   - means: as the forward pass left them, likewise `attended`.
///   - dOut: [B, T, H, V] rows, the gradient of the result.
///   - dFinal: the gradient of the final sum, zero if nil.
///   - gradients: overwritten.
///   - dInitial: the gradient of the initial sum, if wanted.
package func mixedChunkAttentionGradient(
  _ shape: MixedChunkShape, _ operands: MixedChunkOperands, means: UnsafeMutablePointer<Float>,
  attended: MutableAttentionRows?, dOut: MutableAttentionRows, dFinal: UnsafePointer<Float>?,
  gradients: MixedChunkOperands, dInitial: UnsafeMutablePointer<Float>?, on isa: InstructionSet? = nil
) {
  let pass = MixedChunkBackward(
    shape: shape, operands: operands, means: means, attended: attended, dOut: dOut, gradients: gradients, isa: isa)
  let width = shape.heads * shape.valueWidth
  // The gradient before the gate, and the gradients of the sums.
  let gateCount = operands.gates == nil ? 0 : shape.batch * shape.length * width
  let sumCount = shape.global ? shape.batch * shape.heads * shape.chunks * shape.stateCount : 0
  var scratch = RecurrenceScratch(gateCount, sumCount)
  var dAttended = dOut
  if operands.gates != nil {
    dAttended = MutableAttentionRows(
      pointer: scratch.take(gateCount, zeroed: false), batchStride: shape.length * width, rowStride: width)
  }
  let sums = scratch.take(sumCount, zeroed: false)
  shape.forEachChunk { place in
    pass.beforeGate(place, dAttended)
    if shape.global { pass.sum(place, dAttended, sums) }
  }
  if shape.global { MixedChunkSums(shape, isa).gradients(sums, final: dFinal, initial: dInitial) }
  shape.forEachChunk { place in pass.operands(place, dAttended, sums) }
}

private struct MixedChunkBackward {
  let shape: MixedChunkShape
  let operands: MixedChunkOperands
  let means: UnsafeMutablePointer<Float>
  let attended: MutableAttentionRows?
  let dOut: MutableAttentionRows
  let gradients: MixedChunkOperands
  let isa: InstructionSet?

  private var products: InstructionSet { isa ?? .currentForProducts }

  /// The gradients of the gates and of what they multiply.
  func beforeGate(_ place: MixedChunkShape.Chunk, _ dAttended: MutableAttentionRows) {
    guard let gates = operands.gates, let dGates = gradients.gates, let attended else { return }
    let times = gw_binary_loop(
      (isa ?? .current).rawValue, 0, BinaryOperation.multiply.rawValue, Int32(GW_ROWS_BOTH))!
    let source = dOut.rows(shape, place)
    for (factor, target) in [(attended, dGates), (gates, dAttended)] {
      let (a, y) = (factor.rows(shape, place), target.rows(shape, place))
      times(
        Int64(place.rows.count), Int64(shape.valueWidth), source.pointer, Int64(source.stride), a.pointer,
        Int64(a.stride), y.pointer, Int64(y.stride))
    }
  }

  /// The gradient of the mean that a chunk reads, times its scale: that of the sum.
  func sum(_ place: MixedChunkShape.Chunk, _ dAttended: MutableAttentionRows, _ sums: UnsafeMutablePointer<Float>) {
    let sum = sums + shape.stateStart(place)
    let scale = shape.globalScale(place.index)
    // The first chunk reads nothing, whatever its queries are.
    if scale == 0 { return sum.update(repeating: 0, count: shape.stateCount) }
    multiply(
      m: shape.keyWidth, n: shape.valueWidth, k: place.rows.count, operands.rows(.globalQuery, shape, place),
      transposeA: true, dAttended.rows(shape, place), into: FloatRows(sum, stride: shape.valueWidth), on: products)
    let table = gw_elementwise_table((isa ?? .current).rawValue, 0)!
    table.pointee.affine(Int64(shape.stateCount), scale, 0, sum, sum)
  }

  /// The gradients of queries, keys and values of a chunk.
  func operands(
    _ place: MixedChunkShape.Chunk, _ dAttended: MutableAttentionRows, _ sums: UnsafeMutablePointer<Float>
  ) {
    let (count, keyWidth, valueWidth) = (place.rows.count, shape.keyWidth, shape.valueWidth)
    let d = dAttended.rows(shape, place)
    let (values, dValues) = (operands.values(shape, place), gradients.values(shape, place))
    let dGlobalQuery = gradients.rows(.globalQuery, shape, place)
    let dGlobalKey = gradients.rows(.globalKey, shape, place)
    if shape.global {
      let mean = FloatRows(means + shape.stateStart(place), stride: valueWidth)
      let dSum = FloatRows(sums + shape.stateStart(place), stride: valueWidth)
      multiply(m: count, n: keyWidth, k: valueWidth, d, mean, transposeB: true, into: dGlobalQuery, on: products)
      multiply(m: count, n: keyWidth, k: valueWidth, values, dSum, transposeB: true, into: dGlobalKey, on: products)
      multiply(
        m: count, n: valueWidth, k: keyWidth, operands.rows(.globalKey, shape, place), dSum, into: dValues,
        on: products)
    } else {
      dGlobalQuery.clear(rows: count, columns: keyWidth)
      dGlobalKey.clear(rows: count, columns: keyWidth)
      dValues.clear(rows: count, columns: valueWidth)
    }
    local(place, d, values, dValues)
  }

  private func local(_ place: MixedChunkShape.Chunk, _ d: FloatRows, _ values: FloatRows, _ dValues: FloatRows) {
    let dQuery = gradients.rows(.localQuery, shape, place)
    let dKey = gradients.rows(.localKey, shape, place)
    dKey.clear(rows: place.rows.count, columns: shape.keyWidth)
    guard shape.local else { return dQuery.clear(rows: place.rows.count, columns: shape.keyWidth) }
    var scratch = RecurrenceScratch(shape.localScratch, shape.localScratch, shape.longestChunk)
    let scores = FloatRows(scratch.take(shape.localScratch, zeroed: false), stride: shape.scoreStride)
    let slopes = FloatRows(scratch.take(shape.localScratch, zeroed: false), stride: shape.scoreStride)
    let scales = scratch.take(shape.longestChunk)
    scales.update(repeating: shape.localScale, count: shape.longestChunk)
    let (query, key) = (operands.rows(.localQuery, shape, place), operands.rows(.localKey, shape, place))
    for block in shape.blocks(place) {
      let first = block.queries.lowerBound
      shape.block(block, scales, scores, isa).gradient(
        q: query.from(first), k: key, v: values, dOut: d.from(first), dq: dQuery.from(first), dk: dKey, dv: dValues,
        gradients: slopes)
    }
  }
}
