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
    let inverse = 1 / a
    let rest = (1 - inverse * a - (-inverse * a).addingProduct(inverse, a)) / a
    return upper > 0.25 ? .pow(lower, inverse) * .exp(logGamma / a + rest * logLower) : first
  }
  let z = isLower ? normalQuantile(lower) : -normalQuantile(upper)
  let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
  var x = root > 0.3 ? a * root * root * root : first
  if !isLower && a < 1 { x = max(first, -target - 1) }
  if a < 1 && isLower { x = first }
  solveLogTail(target: target, direction: isLower ? 1 : -1) {
    let tails = incompleteGamma(a, x)
    let logTail = isLower ? tails.logLower : tails.logUpper
    return (logTail, .exp(gammaLogDensity(a, x) - logTail), a - x)
  } move: {
    x *= .exp($0)
  }
  return x
}
