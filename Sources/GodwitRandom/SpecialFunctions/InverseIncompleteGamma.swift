import RealModule

/// The x with P(a, x) = `lower`, or Q(a, x) = `upper`: whichever is the smaller is what counts.
///
/// Solved for ln x, the start being Wilson and Hilferty's 1931 cube of a normal quantity, or what the first term of the
/// series of P says.
///
/// - Precondition: a > 0; the two add up to 1.
package func inverseIncompleteGamma(_ a: Double, lower: Double, upper: Double) -> Double {
  if lower <= 0 { return 0 }
  if upper <= 0 { return .infinity }
  let isLower = lower <= upper
  let target = Double.log(min(lower, upper))
  // P is about xᵃ / Γ(a + 1) where x is small.
  let logLower = isLower ? target : Double.log(onePlus: -upper)
  let logGamma = a < 1 ? logGammaStep(1, a) : .logGamma(a + 1)
  let first = Double.exp((logLower + logGamma) / a)
  if first < 1e-17 * (a + 1) {
    let (root, factor) = powerSeriesRoot(a, lower)
    return upper > 0.25 ? root * factor * root : first
  }
  let z = isLower ? normalQuantile(lower) : -normalQuantile(upper)
  let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
  var x = root > 0.3 ? a * root * root * root : first
  if !isLower && a < 1 { x = max(first, -target - 1) }
  if a < 1 && isLower { x = first }
  solveLogTail(direction: isLower ? 1 : -1) {
    let tails = incompleteGamma(a, x)
    let logTail = isLower ? tails.logLower : tails.logUpper
    let missing = tails.logRatio(of: min(lower, upper), isLower: isLower)
    return (missing, .exp(gammaLogDensity(a, x) - logTail), a - x)
  } move: {
    x *= .exp($0)
  }
  return x
}

/// The x with xᵃ / Γ(a + 1) = p, as root² · factor: where x underflows its root does not.
func powerSeriesRoot(_ a: Double, _ p: Double) -> (root: Double, factor: Double) {
  let inverse = 1 / a
  if inverse == .infinity { return p < 1 ? (0, 1) : (1, .exp(-0.577215664901532861)) }
  // The rounding of 1 / a would be felt.
  let rest = (1 - inverse * a - (-inverse * a).addingProduct(inverse, a)) / a
  let logGamma = a < 1 ? logGammaStep(1, a) : Double.logGamma(a + 1)
  return (.pow(p, inverse / 2), .exp(logGamma / a + rest * .log(p)))
}
