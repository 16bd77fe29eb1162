import GodwitKernels

/// Fills `target` with independent normal samples.
///
/// Each word of the generator gives two neighbours, r cos φ and r sin φ with r = √(−2 ln u): u from the upper 31 of its
/// lower 32 bits, φ from its upper 32 bits (Box and Muller 1958). No sample is further than 6.7 standard deviations from
/// the mean. After an odd count the last sine is lost. The samples are the same under every instruction set.
///
/// - Precondition: the standard deviation is not negative, both parameters are finite.
package func fillNormal(
  _ target: UnsafeMutablePointer<Float>, count: Int, mean: Float, standardDeviation: Float,
  using generator: inout some RandomNumberGenerator
) {
  requireUsable(mean, standardDeviation)
  forEachPairOfFloats(target, count: count, using: &generator) { words, samples, count in
    normalSamples(mean: mean, standardDeviation: standardDeviation, count: count, words, samples)
  }
}

/// Fills `target` with independent normal samples.
///
/// Each two words of the generator give two neighbours, r cos φ and r sin φ with r = √(−2 ln u): u from the upper 52 bits
/// of the first, φ from the upper 53 bits of the second (Box and Muller 1958). No sample is further than 8.6 standard
/// deviations from the mean. After an odd count the last sine is lost. The samples are the same under every instruction set.
///
/// - Precondition: the standard deviation is not negative, both parameters are finite.
package func fillNormal(
  _ target: UnsafeMutablePointer<Double>, count: Int, mean: Double, standardDeviation: Double,
  using generator: inout some RandomNumberGenerator
) {
  requireUsable(mean, standardDeviation)
  forEachPiece(of: (count + 1) / 2 * 2, using: &generator) { place, words in
    guard let base = words.baseAddress else { return }
    let whole = min(words.count, count - place) / 2
    normalSamples(mean: mean, standardDeviation: standardDeviation, count: whole, base, target + place)
    if 2 * whole < words.count {
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2) { pair in
        normalSamples(mean: mean, standardDeviation: standardDeviation, count: 1, base + 2 * whole, pair.baseAddress!)
        target[count - 1] = pair[0]
      }
    }
  }
}

private func requireUsable<Scalar: BinaryFloatingPoint>(_ mean: Scalar, _ standardDeviation: Scalar) {
  require(
    mean.isFinite && standardDeviation.isFinite && standardDeviation >= 0,
    "normal samples: mean \(mean) and standard deviation \(standardDeviation) are not usable")
}
