import RealModule

/// exp(x²) erfc(x) for x ≥ 0: what of the complementary error function does not underflow.
///
/// From 25 by its asymptotic series (DLMF 7.12.1), below from erfc with the square of x in two parts.
package func scaledErfc(_ x: Double) -> Double {
  if x < 25 {
    let square = x * x
    return .exp(square) * (1 + (-square).addingProduct(x, x)) * .erfc(x)
  }
  let t = 0.5 / (x * x)
  var sum = 1.0
  for n in stride(from: 15.0, through: 1, by: -2) { sum = 1 - n * t * sum }
  return sum / (x * Double.pi.squareRoot())
}

/// The tails at z of the standard normal distribution.
///
/// - Parameters:
///   - rest: what z leaves of the argument, whose square it would be felt in.
package func normalTails(_ z: Double, rest: Double = 0) -> Tails {
  let distance = abs(z)
  if distance == .infinity { return z < 0 ? .none : .all }
  if distance < 1 { return Tails(0.5 * .erfc(distance * 0.5.squareRoot()), exponent: 0, isLower: z < 0) }
  let (factor, exponent) = normalExponential(z, rest: rest)
  return Tails(0.5 * scaledErfc(distance * 0.5.squareRoot()) * factor, exponent: exponent, isLower: z < 0)
}

/// exp(−(z + rest)² / 2) as factor · exp(exponent), with what the rounding of the square loses.
func normalExponential(_ z: Double, rest: Double) -> (factor: Double, exponent: Double) {
  let square = z * z
  let lost = square < 1e4 ? (-square).addingProduct(z, z) / 2 + z * rest : 0
  return (1 - lost, -square / 2)
}

/// (x − mean) / deviation in two parts, the second 0 where the first is not finite; x may have a second part too.
func standardized(_ x: Double, rest: Double = 0, mean: Double, deviation: Double) -> (z: Double, rest: Double) {
  let distance = TwoParts.sum(x, -mean)
  if !distance.high.isFinite && x.isFinite {
    return standardized(x / 4, rest: rest / 4, mean: mean / 4, deviation: deviation / 4)
  }
  let z = TwoParts(high: distance.high, low: distance.low + rest) / deviation
  return z.high.isFinite ? (z.high, z.low) : (distance.high / deviation, 0)
}
