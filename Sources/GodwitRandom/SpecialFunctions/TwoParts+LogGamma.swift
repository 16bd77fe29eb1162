extension TwoParts {
  /// ln Γ of a positive number, with an error of 10⁻³¹ times the greatest of its terms.
  ///
  /// Stirling's series (DLMF 5.11.1) from 32; Γ(x + 1) = x Γ(x) leads there.
  var logGamma: TwoParts {
    var (x, factors) = (self, TwoParts(high: 1, low: 0))
    while x.high < 32 {
      factors = factors * x
      x = x + TwoParts(high: 1, low: 0)
    }
    let inverse = TwoParts(high: 1, low: 0) / x
    let square = inverse * inverse
    var sum = TwoParts(high: 0, low: 0)
    for (numerator, denominator) in stirlingCoefficients.reversed() {
      sum = sum * square + TwoParts(high: numerator, low: 0) / denominator
    }
    let halfLogOf2Pi = TwoParts(high: 0x1.d67f1c864beb5p-1, low: -0x1.65b5a1b7ff5dfp-55)
    let leading = (x + TwoParts(high: -0.5, low: 0)) * x.logarithm + -x
    return leading + halfLogOf2Pi + sum * inverse + -factors.logarithm
  }
}

/// B₂ₙ / (2n (2n − 1)).
private let stirlingCoefficients: [(numerator: Double, denominator: Double)] = [
  (1, 12), (-1, 360), (1, 1260), (-1, 1680), (1, 1188), (-691, 360_360), (1, 156), (-3617, 122_400),
  (43867, 244_188), (-174_611, 125_400), (77683, 5796), (-236_364_091, 1_506_960),
]
