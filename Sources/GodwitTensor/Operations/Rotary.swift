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
  return rotary(x, RotaryTable(starts: [offset], length: x.shape[1], width: x.shape[3], base: base, dtype: x.dtype))
}

/// `rotary` by the angles of a table.
///
/// - Parameters:
///   - x: [B, T, H, K].
///   - table: of T positions, the width K and x's type of elements.
/// - Returns: [B, T, H, K].
/// - Complexity: O(1) for each element.
public func rotary(_ x: Tensor, _ table: RotaryTable) -> Tensor {
  require(x.rank == 4, "rotary: \(x.shape) is not [B, T, H, K]")
  let angles: Shape = [x.shape[1], x.shape[3] / 2]
  require(
    (table.cosines.shape == angles || table.cosines.shape == Shape([x.shape[0]] + Array(angles)))
      && table.cosines.dtype == x.dtype,
    "rotary: x \(x.shape) \(x.dtype), a table of angles \(table.cosines.shape) \(table.cosines.dtype)")
  return rotate(x, table.cosines, table.sines, inverse: false)
}

private func rotate(_ x: Tensor, _ cosines: Tensor, _ sines: Tensor, inverse: Bool) -> Tensor {
  linear(x) { x in
    let shape = x.shape
    switch x.dtype {
    case .float64: return reference(x, cosines, inverse ? -sines : sines)
    case .float32:
      // Angles of each sequence: as one sequence of all rows.
      let batch = cosines.rank == 2 ? shape[0] : 1
      return Tensor(shape, .float32) {
        GodwitKernels.rotary(
          batch: batch, length: shape[0] * shape[1] / max(batch, 1), heads: shape[2], width: shape[3],
          cosines: cosines.floats, sines: sines.floats, inverse: inverse, x.floats,
          $0.assumingMemoryBound(to: Float.self))
      }
    }
  } transpose: { dy in
    rotate(dy, cosines, sines, inverse: !inverse)
  }
}

private func reference(_ x: Tensor, _ cosines: Tensor, _ sines: Tensor) -> Tensor {
  let half = x.shape[3] / 2
  let shape = Shape(Array(cosines.shape.dropLast()) + [1, half])
  let (c, s) = (cosines.reshaped(shape), sines.reshaped(shape))
  let (first, second) = (x.slice(0..<half, along: 3), x.slice(half..<(2 * half), along: 3))
  return concatenate([first * c - second * s, first * s + second * c], along: 3)
}
