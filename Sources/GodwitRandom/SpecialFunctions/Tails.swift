import RealModule

/// A probability and its complement, each to its own relative accuracy, and their logarithms also where they underflow.
package struct Tails: Sendable {
  /// The smaller is `factor` · exp(`exponent`).
  private let factor: Double
  private let exponent: Double
  private let isLower: Bool

  /// - Parameters:
  ///   - isLower: whether it is the lower tail that is factor · exp(exponent), which should be the smaller or about ½.
  init(_ factor: Double, exponent: Double, isLower: Bool) {
    (self.factor, self.exponent, self.isLower) = (factor, exponent, isLower)
  }

  package static let none = Tails(0, exponent: 0, isLower: true)
  package static let all = Tails(0, exponent: 0, isLower: false)

  /// With the tails in each other's place.
  var swapped: Tails { Tails(factor, exponent: exponent, isLower: !isLower) }

  private var small: Double { min(scaledExponential(factor, exponent: exponent), 1) }
  private var logSmall: Double { factor == 0 ? -.infinity : min(exponent + .log(factor), 0) }

  package var lower: Double { isLower ? small : 1 - small }
  package var upper: Double { isLower ? 1 - small : small }
  /// ln(p / tail), from the tail itself where it does not underflow: a great logarithm has fewer digits.
  func logRatio(of p: Double, isLower: Bool) -> Double {
    let tail = isLower ? lower : upper
    return min(p, tail) > 1e-290 ? .log(onePlus: (p - tail) / tail) : .log(p) - (isLower ? logLower : logUpper)
  }

  package var logLower: Double { isLower ? logSmall : .log(onePlus: -small) }
  package var logUpper: Double { isLower ? .log(onePlus: -small) : logSmall }
}

/// factor · exp(exponent), which keeps its digits where it is normal though the exponential alone would not be.
///
/// - Parameters:
///   - divisor: what it is divided by, which may be tiny.
func scaledExponential(_ factor: Double, exponent: Double, over divisor: Double = 1) -> Double {
  if exponent > -690 { return factor * .exp(exponent) / divisor }
  let half = Double.exp(exponent / 2)
  return half == 0 ? 0 : factor * half / divisor * half
}
