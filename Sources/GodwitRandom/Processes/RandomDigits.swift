/// Uniform digits to a base, as many from each word of a generator as leave all digits exactly as likely.
///
/// A word is taken only if it is below the greatest multiple of a power of the base: all but 1 of 256 are, or more.
struct RandomDigits {
  private let base: UInt64
  private let digitsOfWord: Int
  private let limit: UInt64
  private var word: UInt64 = 0
  private var left = 0

  /// - Precondition: the base is from 2 to 2⁵⁶.
  init(base: Int) {
    self.base = UInt64(base)
    var (power, digits) = (self.base, 1)
    while power <= (1 << 56) / self.base {
      power *= self.base
      digits += 1
    }
    digitsOfWord = digits
    limit = UInt64.max / power * power
  }

  mutating func next(using generator: inout some RandomNumberGenerator) -> Int {
    if left == 0 {
      repeat { word = generator.next() } while word >= limit
      left = digitsOfWord
    }
    left -= 1
    let (rest, digit) = word.quotientAndRemainder(dividingBy: base)
    word = rest
    return Int(digit)
  }
}
