import RealModule

/// The x with I_x(a, b) = `lower`, and 1 − x, each to relative accuracy; whichever of the tails is the smaller is what counts.
///
/// Solved for ln(x / (1 − x)).
///
/// - Precondition: a > 0, b > 0; the two add up to 1.
package func inverseIncompleteBeta(_ a: Double, _ b: Double, lower: Double, upper: Double) -> (x: Double, y: Double) {
  if lower <= 0 { return (0, 1) }
  if upper <= 0 { return (1, 0) }
  if a == b && lower == upper { return (0.5, 0.5) }
  let isLower = lower <= upper
  let target = Double.log(min(lower, upper))
  // I is about xᵃ / (a B) where x is small, its complement about yᵇ / (b B) where y is.
  let first = edge(a, b, lower, isLower ? target : .log(onePlus: -upper))
  if first < 1e-17 / (1 + b) { return (first, 1) }
  let last = edge(b, a, upper, isLower ? .log(onePlus: -lower) : target)
  if last < 1e-17 / (1 + a) { return (1, last) }
  var x = a / (a + b)
  var y = b / (a + b)
  if min(a, b) >= 1 {
    // The normal limit of the logit.
    let deviation = (1 / a + 1 / b).squareRoot()
    let z = (isLower ? normalQuantile(lower) : -normalQuantile(upper)) * deviation
    let move = Double.exp(max(-600, min(600, z)))
    let sum = y + x * move
    (x, y) = (x * move / sum, y / sum)
  }
  if isLower && (a < 1 || first > x) { (x, y) = first < 0.5 ? (first, 1 - first) : (x, y) }
  if !isLower && (b < 1 || last > y) { (x, y) = last < 0.5 ? (1 - last, last) : (x, y) }
  solveLogTail(direction: isLower ? 1 : -1) {
    let tails = incompleteBeta(a, b, x: x, y: y)
    let logTail = isLower ? tails.logLower : tails.logUpper
    let density = betaDensity(a, b, x: x, y: y)
    let missing = tails.logRatio(of: min(lower, upper), isLower: isLower)
    return (missing, density.factor * .exp(density.exponent - logTail), a * y - b * x)
  } move: { step in
    let (p, q) = step > 0 ? (x, y * .exp(-step)) : (x * .exp(step), y)
    (x, y) = (p / (p + q), q / (p + q))
    // The smaller is what is exact.
    if x <= y { y = 1 - x } else { x = 1 - y }
  }
  return (x, y)

  func edge(_ a: Double, _ b: Double, _ tail: Double, _ logTail: Double) -> Double {
    // Two great logarithms would leave little of each other.
    if a < 1 && b < 1 && tail < 0.5 { return .exp(.log(tail / inverseScaledBeta(a, b)) / a) }
    let logFactor = a < 1 ? logScaledBeta(a, b) : .log(a) + logBeta(a, b)
    return .exp((logTail + logFactor) / a)
  }
}
