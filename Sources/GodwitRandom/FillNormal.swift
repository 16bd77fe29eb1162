import GodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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
/// Each two words of the generator give two neighbours, r cos φ and r sin φ with r = √(−2 ln u): u from the upper 53 bits
/// of the first, φ from the upper 53 bits of the second (Box and Muller 1958). No sample is further than 8.7 standard
/// deviations from the mean. After an odd count the last sine is lost.
///
/// - Precondition: the standard deviation is not negative, both parameters are finite.
package func fillNormal(
  _ target: UnsafeMutablePointer<Double>, count: Int, mean: Double, standardDeviation: Double,
  using generator: inout some RandomNumberGenerator
) {
  requireUsable(mean, standardDeviation)
  forEachPiece(of: (count + 1) / 2 * 2, using: &generator) { place, words in
    for index in stride(from: 0, to: words.count, by: 2) {
      let radius = (-2 * log((Double(words[index] >> 11) + 0.5) * 0x1p-53)).squareRoot()
      let angle = Double(words[index + 1] >> 11) * (2 * .pi * 0x1p-53)
      let sample = place + index
      target[sample] = mean + standardDeviation * (radius * cos(angle))
      if sample + 1 < count { target[sample + 1] = mean + standardDeviation * (radius * sin(angle)) }
    }
  }
}

private func requireUsable<Scalar: BinaryFloatingPoint>(_ mean: Scalar, _ standardDeviation: Scalar) {
  require(
    mean.isFinite && standardDeviation.isFinite && standardDeviation >= 0,
    "normal samples: mean \(mean) and standard deviation \(standardDeviation) are not usable")
}
