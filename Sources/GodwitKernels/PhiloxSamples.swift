import CGodwitKernels

/// The two words of each of `count` blocks of a Philox stream, from block `first` on.
package func philoxWords(
  key: UInt64, stream: UInt64, first: UInt64, count: Int, _ words: UnsafeMutablePointer<UInt64>,
  on isa: InstructionSet = .current
) {
  gw_philox_table(isa.rawValue)!.pointee.words(key, stream, first, count, words)
}

/// Two samples of each of `count` words, uniform on `range` with its upper bound excluded: each uses the upper 24 of its
/// 32 bits. Every instruction set gives the same bits.
package func uniformSamples(
  in range: Range<Float>, count: Int, _ words: UnsafePointer<UInt64>, _ samples: UnsafeMutablePointer<Float>,
  on isa: InstructionSet = .current
) {
  // Half of the width, as the whole may be infinite.
  let half = range.upperBound / 2 - range.lowerBound / 2
  gw_philox_table(isa.rawValue)!.pointee.uniform(
    range.lowerBound, half, range.upperBound.nextDown, count, words, samples)
}

/// Two normal samples of each of `count` words (Box and Muller 1958): r cos φ and r sin φ with r = √(−2 ln u), u from the
/// upper 31 of the lower 32 bits, φ from the upper 32 bits. Every instruction set gives the same bits.
package func normalSamples(
  mean: Float, standardDeviation: Float, count: Int, _ words: UnsafePointer<UInt64>,
  _ samples: UnsafeMutablePointer<Float>, on isa: InstructionSet = .current
) {
  gw_philox_table(isa.rawValue)!.pointee.normal(mean, standardDeviation, count, words, samples)
}

/// Two exponential samples of each of `count` words: −scale ln(1 − v), v from 32 bits. Every instruction set gives the same bits.
package func exponentialSamples(
  scale: Float, count: Int, _ words: UnsafePointer<UInt64>, _ samples: UnsafeMutablePointer<Float>,
  on isa: InstructionSet = .current
) {
  gw_philox_table(isa.rawValue)!.pointee.exponential(scale, count, words, samples)
}
