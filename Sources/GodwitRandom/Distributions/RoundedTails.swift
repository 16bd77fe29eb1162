import RealModule

/// P(X ≤ k) and P(X > k), each rounded once: the float64 next to the true one.
///
/// A step of a cdf that is a float64, as ½ often is, is then met to the last bit, and a quantile of it is the value where the
/// step is, not the next one.
struct RoundedTails {
  let lower, upper: Double

  var swapped: RoundedTails { RoundedTails(lower: upper, upper: lower) }

  private init(lower: Double, upper: Double) { (self.lower, self.upper) = (lower, upper) }

  /// One of them, of which the other is what is left of 1.
  private init(_ tail: TwoParts, isLower: Bool) {
    let (tail, rest) = (min(tail.rounded, 1), min(tail.complement.rounded, 1))
    self.init(lower: isLower ? tail : rest, upper: isLower ? rest : tail)
  }

  /// exp(`logUpper`) above, and the rest below.
  init(logUpper: TwoParts) {
    if !(logUpper.high > -1e6) {
      self.init(lower: 1, upper: 0)
      return
    }
    let (excess, exponent) = logUpper.exponential
    let upper = (TwoParts(high: 1, low: 0) + excess).scaled(exponent)
    self.init(lower: exponent == 0 ? -excess.rounded : upper.complement.rounded, upper: upper.rounded)
  }

  /// Of a law on 0, 1, … by the sum of its masses: of all up to k where these are few, else of those that fall from k on.
  ///
  /// nil where more than two thousand would be needed, as of a law with a variance above 30,000: that takes too long.
  ///
  /// - Parameters:
  ///   - logFirst: ln P(X = 0).
  ///   - logMass: ln P(X = k), nil where it would not be known well enough.
  ///   - rise: j times P(X = j) / P(X = j − 1).
  /// - Precondition: k ≥ 0; the masses rise up to one of them, and fall from there on.
  init?(
    through k: Double, logFirst: TwoParts, logMass: @autoclosure () -> TwoParts?, rise: (_ j: Double) -> TwoParts
  ) {
    if k > 256, let fallen = RoundedTails(from: k, logMass: logMass(), rise: rise) {
      self = fallen
    } else if k <= Double(Self.terms) {
      self.init(to: k, logFirst: logFirst, rise: rise)
    } else {
      return nil
    }
  }

  private static let terms = 2048

  /// By the masses from 0 on.
  private init?(to k: Double, logFirst: TwoParts, rise: (Double) -> TwoParts) {
    // No product of as many factors as there may be brings it back.
    if !(logFirst.high > -1e6) {
      self.init(lower: 0, upper: 1)
      return
    }
    // The masses over 2^`exponent`, the first one to be multiplied at the end.
    var (term, exponent) = (TwoParts(high: 1, low: 0), 0)
    var (sum, j) = (term, 0.0)
    while j < k {
      j += 1
      term = term * rise(j) / j
      sum = sum + term
      if sum.high > 0x1p500 {
        (term, sum, exponent) = (term.scaled(-500), sum.scaled(-500), exponent + 500)
      }
    }
    let power = logFirst.exponential
    let first = TwoParts(high: 1, low: 0) + power.excess
    exponent += power.exponent
    let lower = (sum * first).scaled(exponent)
    if lower.complement.high > 1e-12 {
      self.init(lower, isLower: true)
      return
    }
    // The complement has lost its digits: by the masses themselves.
    var rest = TwoParts(high: 0, low: 0)
    repeat {
      j += 1
      if j > k + Double(Self.terms) { return nil }
      term = term * rise(j) / j
      rest = rest + term
    } while term.high > 0x1p-90 * rest.high
    self.init((rest * first).scaled(exponent), isLower: false)
  }

  /// By the masses from k on, away from where they are greatest.
  private init?(from k: Double, logMass: @autoclosure () -> TwoParts?, rise: (Double) -> TwoParts) {
    let isLower = rise(k + 1).high >= k + 1
    // What a mass in the middle of as many as there may be is of the one before it: the last must be below 2⁻¹⁰⁰ of the first.
    let middle = isLower ? k - Double(Self.terms / 2) : k + Double(Self.terms / 2)
    if middle > 0 {
      let ratio = isLower ? middle / rise(middle).high : rise(middle).high / middle
      if ratio > 0 && -.log(ratio) * Double(Self.terms) < 70 { return nil }
    }
    guard let logMass = logMass() else { return nil }
    if !(logMass.high > -1e6) {
      self.init(lower: isLower ? 0 : 1, upper: isLower ? 1 : 0)
      return
    }
    var (sum, j) = (TwoParts(high: 0, low: 0), k)
    if isLower {
      var term = TwoParts(high: 1, low: 0)
      while term.high > 0x1p-90 * sum.high {
        sum = sum + term
        if j == 0 { break }
        term = term * j / rise(j)
        j -= 1
      }
    } else {
      var term = rise(k + 1) / (k + 1)
      j += 1
      while term.high > 0x1p-90 * sum.high {
        sum = sum + term
        j += 1
        term = term * rise(j) / j
      }
    }
    let (excess, exponent) = logMass.exponential
    let tail = (sum * (TwoParts(high: 1, low: 0) + excess)).scaled(exponent)
    if tail.complement.high < 1e-12 { return nil }
    self.init(tail, isLower: isLower)
  }

  /// Of the number of successes in n trials, of which each succeeds with probability p and fails with q = 1 − p; by failures
  /// where these are fewer.
  ///
  /// - Precondition: 0 ≤ k < n, both whole, p and q above 0.
  init?(successes k: Double, trials n: Double, _ p: TwoParts, _ q: TwoParts) {
    // Unless these are so rare that a mass may be too great a multiple of the one before it.
    if k > n - k - 1 && p.high > 0x1p-100 {
      guard let failures = RoundedTails(successes: n - k - 1, trials: n, q, p) else { return nil }
      self = failures.swapped
      return
    }
    // As many successes as failures.
    if k + 1 == n - k && p.high == 0.5 && p.low == 0 {
      self.init(lower: 0.5, upper: 0.5)
      return
    }
    let (odds, logFailure) = (p / q, q.logarithm)
    self.init(
      through: k, logFirst: logFailure * n,
      logMass: n > Self.greatest
        ? nil
        : Self.logFactorial(n) + -Self.logFactorial(k) + -Self.logFactorial(n - k)
          + p.logarithm * k + logFailure * (n - k)
    ) {
      odds * (n - $0 + 1)
    }
  }

  /// ln n!.
  static func logFactorial(_ n: Double) -> TwoParts { TwoParts.sum(n, 1).logGamma }

  /// The greatest number of which the logarithm of the factorial, about 2 · 10¹⁰, has an error below 10⁻²⁰.
  static let greatest = 0x1p30
}
