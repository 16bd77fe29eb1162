/// The proposals of Hörmann's transformed rejection: whole numbers about a centre, of which most are taken without a logarithm.
///
/// Hörmann 1993, "The transformed rejection method for generating Poisson random variables" (PTRS) and "The generation of binomial
/// random variates" (BTRS): k = ⌊(2 a / (½ − |u|) + b) u + centre⌋ for a uniform u in (−½, ½), with the hat a / (½ − |u|)² + b.
struct TransformedRejection {
  /// The constants of the law.
  let a, b, squeeze: Double
  /// The centre, in whole numbers and what is left of it: the sum of a great number and a fraction would be rounded.
  let whole, fraction: Double

  /// Proposes until one is in the squeeze or `accepts` says so.
  ///
  /// - Parameters:
  ///   - accepts: asked with k, with ½ − |u|, and with a uniform number v and v over the hat.
  func sample(
    using generator: inout some RandomNumberGenerator,
    accepting accepts: (_ k: Double, _ distance: Double, _ v: Double, _ share: Double) -> Bool
  ) -> Int {
    while true {
      let u = generator.openUniform() - 0.5
      let v = generator.openUniform()
      let distance = 0.5 - abs(u)
      let k = ((2 * a / distance + b) * u + fraction).rounded(.down) + whole
      if distance >= 0.07 && v <= squeeze { return Int(k) }
      if accepts(k, distance, v, v / (a / (distance * distance) + b)) { return Int(k) }
    }
  }
}
