import RealModule

extension TwoParts {
  /// ln of a positive number: that of the first part, and ln(1 + t) for what the second adds.
  var logarithm: TwoParts {
    let t = TwoParts(high: low, low: 0) / high
    return logInTwoParts(high) + t + t * t * -0.5 + TwoParts(high: t.high * t.high * t.high / 3, low: 0)
  }

  /// exp(self) = (1 + `excess`) 2^`exponent`, where the excess has its own relative accuracy: with the exponent 0 it is
  /// exp(self) − 1.
  ///
  /// The series of exp(r) − 1 at a 64th of what whole powers of 2 leave, then six times (1 + s)² − 1 = 2s + s².
  ///
  /// - Precondition: it is at most 10⁶ from 0.
  var exponential: (excess: TwoParts, exponent: Int) {
    let ln2 = TwoParts(high: 0x1.62e42fefa39efp-1, low: 0x1.abc9e3b39803fp-56)
    let whole = (high / ln2.high).rounded()
    let r = (self + ln2 * -whole) * 0x1p-6
    // 0.0055¹³ / 14! is below 2⁻¹¹⁰.
    var sum = TwoParts(high: 1, low: 0)
    for n in stride(from: 13.0, through: 2, by: -1) { sum = TwoParts(high: 1, low: 0) + r * sum / n }
    var excess = r * sum
    for _ in 0..<6 { excess = excess * 2 + excess * excess }
    return (excess, Int(whole))
  }

  /// Times 2^`exponent`.
  func scaled(_ exponent: Int) -> TwoParts {
    let exponent = max(exponent, -2200)
    return TwoParts(
      high: Double(sign: .plus, exponent: exponent, significand: high),
      low: Double(sign: .plus, exponent: exponent, significand: low))
  }
}
