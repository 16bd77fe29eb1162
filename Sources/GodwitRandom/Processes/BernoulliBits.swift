/// Words of 64 independent bits that are set with the same probability, exactly.
///
/// A bit is set where a uniform number u is below p, and u is drawn digit by digit, for 64 of them at a time: where it differs
/// from p for the first time, the digit decides (Knuth and Yao 1976, "The complexity of nonuniform random number generation").
/// About eight words of the generator give one word; for p = ½ it is one.
package struct BernoulliBits: Sendable {
  /// The binary digits of p after the point, the last of which is a one.
  private let digits: [Bool]
  private let isCertain: Bool

  /// - Precondition: the probability is from 0 to 1.
  package init(probability: Double) {
    isCertain = probability == 1
    var (digits, rest) = ([Bool](), isCertain ? 0 : probability)
    // Each step is exact.
    while rest > 0 {
      rest *= 2
      digits.append(rest >= 1)
      if rest >= 1 { rest -= 1 }
    }
    self.digits = digits
  }

  /// Fills `target` as by `next(using:)`.
  func fill(_ target: UnsafeMutableBufferPointer<UInt64>, using words: inout BufferedWords) {
    if digits == [true] {
      words.fill(target)
      for index in target.indices { target[index] = ~target[index] }
    } else {
      for index in target.indices { target[index] = next(using: &words) }
    }
  }

  /// 64 bits.
  package func next(using generator: inout some RandomNumberGenerator) -> UInt64 {
    if isCertain { return .max }
    var (bits, undecided) = (0 as UInt64, UInt64.max)
    for digit in digits {
      let word = generator.next()
      if digit {
        bits |= undecided & ~word
        undecided &= word
      } else {
        undecided &= ~word
      }
      if undecided == 0 { break }
    }
    return bits
  }
}
