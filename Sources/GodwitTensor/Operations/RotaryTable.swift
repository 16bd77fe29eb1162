import GodwitKernels

/// The cosines and sines of the angles by which rotary positions turn channels: one table serves all layers of a model.
public struct RotaryTable: Sendable {
  /// [T, K/2]; [B, T, K/2] where sequences are at different positions.
  let cosines: Tensor
  /// As the cosines.
  let sines: Tensor

  /// The table of `length` positions.
  ///
  /// - Parameters:
  ///   - starts: the first position of each sequence; a single one is that of all.
  ///   - width: K, even.
  ///   - base: the ratio of the slowest to the fastest wavelength, about.
  public init(starts: [Int], length: Int, width: Int, base: Double = 10_000, dtype: DType = .float32) {
    require(width % 2 == 0, "RotaryTable: heads of width \(width); expected an even number")
    let half = width / 2
    let shape: Shape = starts.count == 1 ? [length, half] : [starts.count, length, half]
    let (cosines, sines) = (Tensor(shape, dtype) { _ in }, Tensor(shape, dtype) { _ in })
    for (sequence, start) in starts.enumerated() {
      let place = sequence * length * half * dtype.byteCount
      rotaryAngles(
        dtype, start..<(start + length), half: half, base: base,
        cosines: UnsafeMutableRawPointer(mutating: cosines.pointer) + place,
        sines: UnsafeMutableRawPointer(mutating: sines.pointer) + place)
    }
    (self.cosines, self.sines) = (cosines, sines)
  }
}
