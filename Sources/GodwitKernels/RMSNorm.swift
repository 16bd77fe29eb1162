import CGodwitKernels

/// y = x / √(mean(x²) + ε) · scale over each row (Zhang and Sennrich 2019).
///
/// O(rows · n), each element read from memory once.
/// - Parameters:
///   - x: [rows, n]; scale: [n].
///   - inverse: [rows], 1 / √(mean(x²) + ε), for ``rmsNormGradient``.
package func rmsNorm(
  rows: Int, n: Int, epsilon: Float, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>, inverse: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_normalization_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: 0.2) { range in
    let first = range.lowerBound
    table.pointee.rms(range.count, n, epsilon, x + first * n, scale, y + first * n, inverse + first)
  }
}

/// The gradient of ``rmsNorm``; with x̂ = x · inverse and g = dy · scale, dx = inverse (g − x̂ mean(g x̂)) and
/// dScale = Σ dy x̂ over the rows.
///
/// O(rows · n). The sums over rows do not depend on the number of threads.
package func rmsNormGradient(
  rows: Int, n: Int, _ x: UnsafePointer<Float>, scale: UnsafePointer<Float>, inverse: UnsafePointer<Float>,
  dy: UnsafePointer<Float>, dx: UnsafeMutablePointer<Float>, dScale: UnsafeMutablePointer<Float>,
  on isa: InstructionSet = .current
) {
  let table = gw_normalization_table(isa.rawValue)!
  sumOverRowBlocks(rows, width: n) { range, sums in
    let first = range.lowerBound
    table.pointee.rms_gradient(
      range.count, n, x + first * n, scale, inverse + first, dy + first * n, dx + first * n, sums)
  } finish: { blocks, sums in
    table.pointee.sum_rows(blocks, n, sums, n, dScale)
  }
}
