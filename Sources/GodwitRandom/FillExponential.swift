import GodwitKernels

/// Fills `target` with independent exponential samples.
///
/// Two samples share a word of the generator, each −ln(1 − v) / rate with v from 32 bits: small samples have all their digits,
/// none is above 22.9 / rate. After an odd count the rest of the last word is lost. The samples are the same under every
/// instruction set.
///
/// - Precondition: the rate is positive.
package func fillExponential(
  _ target: UnsafeMutablePointer<Float>, count: Int, rate: Double, using generator: inout some RandomNumberGenerator
) {
  require(rate > 0, "exponential samples: the rate is \(rate), expected above 0")
  forEachPairOfFloats(target, count: count, using: &generator) { words, samples, count in
    exponentialSamples(scale: Float(1 / rate), count: count, words, samples)
  }
}

/// Fills `target` with independent exponential samples.
///
/// Each sample uses the upper 52 bits of one word of the generator; none is above 36.8 / rate. The samples are the same under
/// every instruction set.
///
/// - Precondition: the rate is positive.
package func fillExponential(
  _ target: UnsafeMutablePointer<Double>, count: Int, rate: Double, using generator: inout some RandomNumberGenerator
) {
  require(rate > 0, "exponential samples: the rate is \(rate), expected above 0")
  forEachPiece(of: count, using: &generator) { place, words in
    guard let base = words.baseAddress else { return }
    exponentialSamples(rate: rate, count: words.count, base, target + place)
  }
}
