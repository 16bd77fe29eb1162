import CGodwitKernels

/// y = (x − mean) / √(variance + ε) · scale + shift over each row (Ba, Kiros and Hinton 2016).
///
/// O(rows · n), each element read from memory once; the variance is that of the centred row.
/// - Parameters:
///   - x: [rows, n]; scale and shift: [n].
///   - mean: [rows], the mean of each row, for ``layerNormGradient``.
///   - inverse: [rows], 1 / √(variance + ε).
package func layerNorm(
  rows: Int, n: Int, epsilon: Float, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>,
  shift: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
  inverse: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_normalization_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: 0.2) { range in
    let first = range.lowerBound
    table.pointee.layer(
      range.count, n, epsilon, x + first * n, scale, shift, y + first * n, mean + first, inverse + first)
  }
}

/// The gradient of ``layerNorm``; with x̂ = (x − mean) · inverse and g = dy · scale,
/// dx = inverse (g − mean(g) − x̂ mean(g x̂)), dScale = Σ dy x̂ and dShift = Σ dy over the rows.
///
/// O(rows · n). The sums over rows do not depend on the number of threads.
package func layerNormGradient(
  rows: Int, n: Int, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, mean: UnsafePointer<Float>,
  inverse: UnsafePointer<Float>, dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>,
  dScale: UnsafeMutablePointer<Float>, dShift: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_normalization_table(isa.rawValue)!
  sumOverRowBlocks(rows, width: 2 * n) { range, sums in
    let first = range.lowerBound
    table.pointee.layer_gradient(
      range.count, n, x + first * n, scale, mean + first, inverse + first, dy + first * n, dx + first * n, sums,
      sums + n)
  } finish: { blocks, sums in
    table.pointee.sum_rows(blocks, n, sums, 2 * n, dScale)
    table.pointee.sum_rows(blocks, n, sums + n, 2 * n, dShift)
  }
}
