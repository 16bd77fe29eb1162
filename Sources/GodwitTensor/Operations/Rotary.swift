import GodwitKernels

/// Rotates pairs of channels by angles that grow with the position (Su et al. 2021), so that inner products of rotated
/// queries and keys depend on the distance of their positions alone.
///
/// Channel i of the first half of a head and channel i of the second half turn by (offset + t) · base^(−2i/K).
///
/// - Parameters:
///   - x: [B, T, H, K], K even.
///   - offset: the position of the first row.
///   - base: the ratio of the slowest to the fastest wavelength, about.
/// - Returns: [B, T, H, K].
/// - Complexity: O(1) for each element.
public func rotary(_ x: Tensor, offset: Int = 0, base: Double = 10_000) -> Tensor {
  require(x.rank == 4 && x.shape[3] % 2 == 0, "rotary: \(x.shape) is not [B, T, H, K] with an even K")
  let (length, half) = (x.shape[1], x.shape[3] / 2)
  let table: Shape = [length, half]
  let (cosines, sines) = (Tensor(table, x.dtype) { _ in }, Tensor(table, x.dtype) { _ in })
  rotaryAngles(
    x.dtype, offset..<(offset + length), half: half, base: base,
    cosines: UnsafeMutableRawPointer(mutating: cosines.pointer),
    sines: UnsafeMutableRawPointer(mutating: sines.pointer))
  return rotate(x, cosines, sines, inverse: false)
}

private func rotate(_ x: Tensor, _ cosines: Tensor, _ sines: Tensor, inverse: Bool) -> Tensor {
  linear(x) { x in
    if x.dtype == .float64 { return reference(x, cosines, inverse ? -sines : sines) }
    let shape = x.shape
    return Tensor(shape, .float32) {
      GodwitKernels.rotary(
        batch: shape[0], length: shape[1], heads: shape[2], width: shape[3], cosines: cosines.floats,
        sines: sines.floats,
        inverse: inverse, x.floats, $0.assumingMemoryBound(to: Float.self))
    }
  } transpose: { dy in
    rotate(dy, cosines, sines, inverse: !inverse)
  }
}

private func reference(_ x: Tensor, _ cosines: Tensor, _ sines: Tensor) -> Tensor {
  let half = x.shape[3] / 2
  let table: Shape = [x.shape[1], 1, half]
  let (c, s) = (cosines.reshaped(table), sines.reshaped(table))
  let (first, second) = (x.slice(0..<half, along: 3), x.slice(half..<(2 * half), along: 3))
  return concatenate([first * c - second * s, first * s + second * c], along: 3)
}
