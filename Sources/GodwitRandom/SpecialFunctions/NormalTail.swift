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
package func normalTails(_ z: Double) -> Tails {
  let distance = abs(z)
  if distance == .infinity { return z < 0 ? .none : .all }
  if distance < 1 { return Tails(0.5 * .erfc(distance * 0.5.squareRoot()), exponent: 0, isLower: z < 0) }
  let square = z * z
  let rest = square > 1e4 ? 0 : (-square).addingProduct(z, z)
  return Tails(
    0.5 * scaledErfc(distance * 0.5.squareRoot()) * (1 - rest / 2), exponent: -square / 2, isLower: z < 0)
}
