import RealModule

extension RandomNumberGenerator {
  /// A uniform quantity from the upper 52 bits of a word, never 0 or 1: of 53 the greatest would be rounded to 1.
  mutating func openUniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// A standard normal quantity from two words, as `fillNormal` makes them.
  mutating func standardNormal() -> Double {
    let radius = (-2 * Double.log(openUniform())).squareRoot()
    return radius * .cos(Double(next() >> 11) * (2 * .pi * 0x1p-53))
  }
}
