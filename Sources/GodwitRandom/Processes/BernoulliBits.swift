/// Words of 64 independent bits that are set with the same probability p, exactly.
///
/// A bit is set where a uniform number is below p. The number's digits are drawn one after the other, for 64 numbers at a time, and
/// the first that differs from p's decides (Knuth and Yao 1976, "The complexity of nonuniform random number generation"). About
/// eight words of the generator give one; for p = ½ it is one. A p in floating point has an end in binary, so nothing is rounded.
package struct BernoulliBits: Sendable {
  private let probability: Double

  /// - Precondition: the probability is from 0 to 1.
  package init(probability: Double) { self.probability = probability }

  /// The next 64 bits.
  package func next(using generator: inout some RandomNumberGenerator) -> UInt64 {
    if probability == 1 { return .max }
    var (bits, undecided, rest) = (0 as UInt64, UInt64.max, probability)
    while rest > 0 && undecided != 0 {
      rest *= 2
      let word = generator.next()
      if rest >= 1 {
        rest -= 1
        bits |= undecided & ~word
        undecided &= word
      } else {
        undecided &= ~word
      }
    }
    return bits
  }

  /// Fills `target` as by `next(using:)`.
  func fill(_ target: UnsafeMutableBufferPointer<UInt64>, using words: inout BufferedWords) {
    if probability == 0.5 {
      words.fill(target)
      for index in target.indices { target[index] = ~target[index] }
    } else {
      for index in target.indices { target[index] = next(using: &words) }
    }
  }
}
