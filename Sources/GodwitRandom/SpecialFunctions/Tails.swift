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
  package var logLower: Double { isLower ? logSmall : .log(onePlus: -small) }
  package var logUpper: Double { isLower ? .log(onePlus: -small) : logSmall }
}

/// factor · exp(exponent), which keeps its digits where it is normal though the exponential alone would not be.
func scaledExponential(_ factor: Double, exponent: Double) -> Double {
  exponent > -690 ? factor * .exp(exponent) : factor * .exp(exponent / 2) * .exp(exponent / 2)
}
