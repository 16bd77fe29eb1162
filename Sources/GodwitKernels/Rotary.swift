import CGodwitKernels

/// Turns channel i of the first half of each head and channel i of the second by one angle (Su et al. 2021).
///
/// O(B T H K), bound by memory.
/// - Parameters:
///   - width: K, even.
///   - cosines: of the angles, [T, K/2]; sines the same.
///   - inverse: turn the other way, which is also the gradient.
///   - x: [B, T, H, K], as y.
package func rotary(
  batch: Int, length: Int, heads: Int, width: Int, cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>,
  inverse: Bool, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  let table = gw_rotary_table(isa.rawValue)!
  let half = width / 2
  forEachRows(batch * length, n: heads * width, cost: 0.2) { range in
    for row in range {
      let angles = row % length * half
      table.pointee.heads(
        heads, half, cosines + angles, sines + angles, inverse ? -1 : 1, x + row * heads * width,
        y + row * heads * width)
    }
  }
}
