import CGodwitKernels

/// An exponential sample of each of `count` words: −ln u / rate, u = (k + ½) / 2⁵² with k the upper 52 bits of the word. Every
/// instruction set gives the same bits.
package func exponentialSamples(
  rate: Double, count: Int, _ words: UnsafePointer<UInt64>, _ samples: UnsafeMutablePointer<Double>,
  on isa: InstructionSet = .current
) {
  gw_double_samples_table(isa.rawValue)!.pointee.exponential(rate, count, words, samples)
}

/// Two normal samples of each of `count` pairs of words (Box and Muller 1958): r cos φ and r sin φ with r = √(−2 ln u), u from the
/// first as in `exponentialSamples`, φ from the upper 53 bits of the second. Every instruction set gives the same bits.
package func normalSamples(
  mean: Double, standardDeviation: Double, count: Int, _ words: UnsafePointer<UInt64>,
  _ samples: UnsafeMutablePointer<Double>, on isa: InstructionSet = .current
) {
  gw_double_samples_table(isa.rawValue)!.pointee.normal(mean, standardDeviation, count, words, samples)
}
