import GodwitKernels

/// Fills `target` with independent samples, uniform on `range`; the upper bound is never among them.
///
/// Two samples share a word of the generator: the first uses the upper 24 of its lower 32 bits, the second the upper 24
/// of its upper 32 bits. After an odd count the rest of the last word is lost.
///
/// - Precondition: `range` is finite and not empty.
package func fillUniform(
  _ target: UnsafeMutablePointer<Float>, count: Int, in range: Range<Float>,
  using generator: inout some RandomNumberGenerator
) {
  requireUsable(range)
  forEachPairOfFloats(target, count: count, using: &generator) { words, samples, count in
    uniformSamples(in: range, count: count, words, samples)
  }
}

/// Fills `target` with independent samples, uniform on `range`; the upper bound is never among them.
///
/// Each sample uses the upper 53 bits of one word of the generator.
///
/// - Precondition: `range` is finite and not empty.
package func fillUniform(
  _ target: UnsafeMutablePointer<Double>, count: Int, in range: Range<Double>,
  using generator: inout some RandomNumberGenerator
) {
  requireUsable(range)
  let half = range.upperBound / 2 - range.lowerBound / 2  // the whole width may be infinite
  let lower = range.lowerBound
  let last = range.upperBound.nextDown
  forEachPiece(of: count, using: &generator) { place, words in
    let samples = target + place
    for index in words.indices {
      let step = Double(words[index] >> 11) * 0x1p-53 * half
      samples[index] = min(lower + step + step, last)
    }
  }
}

private func requireUsable<Scalar: BinaryFloatingPoint>(_ range: Range<Scalar>) {
  require(
    range.lowerBound.isFinite && range.upperBound.isFinite && !range.isEmpty,
    "uniform samples: the range \(range) is empty or not finite")
}
