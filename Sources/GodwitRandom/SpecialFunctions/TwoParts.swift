import RealModule

/// A number as the sum of two, of which the second is below the rounding of the first: about 106 bits.
///
/// Dekker 1971, "A floating-point technique for extending the available precision".
struct TwoParts {
  var high, low: Double

  /// The sum of two numbers, exactly.
  static func sum(_ a: Double, _ b: Double) -> TwoParts {
    let sum = a + b
    let part = sum - a
    return TwoParts(high: sum, low: (a - (sum - part)) + (b - part))
  }

  /// The product of two numbers, exactly unless its second part underflows.
  static func product(_ a: Double, _ b: Double) -> TwoParts {
    let product = a * b
    return TwoParts(high: product, low: (-product).addingProduct(a, b))
  }

  static func + (a: TwoParts, b: TwoParts) -> TwoParts {
    let sum = sum(a.high, b.high)
    return .sum(sum.high, sum.low + (a.low + b.low))
  }

  static func * (a: TwoParts, b: TwoParts) -> TwoParts {
    let product = product(a.high, b.high)
    return .sum(product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  static func / (a: TwoParts, b: Double) -> TwoParts {
    let quotient = a.high / b
    return .sum(quotient, (a.high.addingProduct(-quotient, b) + a.low) / b)
  }

  static func * (a: TwoParts, b: Double) -> TwoParts {
    let product = product(a.high, b)
    return .sum(product.high, product.low + a.low * b)
  }

  static func / (a: TwoParts, b: TwoParts) -> TwoParts {
    let quotient = a.high / b.high
    let rest = a + b * -quotient
    return .sum(quotient, (rest.high + rest.low) / b.high)
  }

  static prefix func - (a: TwoParts) -> TwoParts { TwoParts(high: -a.high, low: -a.low) }

  /// 1 − a.
  var complement: TwoParts { TwoParts(high: 1, low: 0) + -self }

  /// The nearest float64; of two that are as near the even one, as the value itself was rounded to within 2⁻¹⁰⁰.
  var rounded: Double {
    let other = low > 0 ? high.nextUp : high.nextDown
    let gap = abs(other - high)
    let isTie = abs(abs(low) - gap / 2) < 0x1p-40 * gap
    return isTie && high.significandBitPattern & 1 == 1 ? other : high
  }
}

/// ln x in two parts, for a normal x: what a law of ln x with a small deviation needs.
///
/// With x = m 2ᵉ, m from √½ to √2, it is e ln 2 + 2 artanh s, s = (m − 1) / (m + 1), by the series of artanh, whose first terms
/// are summed in two parts.
func logInTwoParts(_ x: Double) -> TwoParts {
  var (m, e) = (x.significand, Double(x.exponent))
  if m > 2.0.squareRoot() { (m, e) = (m / 2, e + 1) }
  // m − 1 is exact, m + 1 is not.
  let denominator = TwoParts.sum(m, 1)
  var s = TwoParts(high: m - 1, low: 0) / denominator.high
  s = s + TwoParts(high: -s.high * (denominator.low / denominator.high), low: 0)
  let t = s * s
  var tail = 0.0
  for n in stride(from: 45.0, through: 25, by: -2) { tail = tail * t.high + 1 / n }
  var sum = TwoParts(high: tail, low: 0)
  for n in stride(from: 23.0, through: 1, by: -2) { sum = sum * t + TwoParts(high: 1, low: 0) / n }
  let ln2 = TwoParts(high: 0x1.62e42fefa39efp-1, low: 0x1.abc9e3b39803fp-56)
  return TwoParts(high: e, low: 0) * ln2 + TwoParts(high: 2, low: 0) * (s * sum)
}
