import RealModule

/// Solves log T(u) = `target` for a tail T of a law whose density is log-concave: log T is then concave, so that Newton's
/// method closes in from one side. Each step is Halley's where that is a mild correction.
///
/// `evaluate` gives log T, the density over T and the derivative of the logarithm of the density, at the present u, `move`
/// adds a step to u. With `direction` −1 the tail is an upper one.
private func solve(
  target: Double, direction: Double, evaluate: () -> (logTail: Double, hazard: Double, logSlope: Double),
  move: (Double) -> Void
) {
  var least = Double.infinity
  for _ in 0..<200 {
    let (logTail, hazard, logSlope) = evaluate()
    let newton = (target - logTail) / hazard
    // Second derivative of log T over the first.
    let bend = direction * logSlope - hazard
    let correction = 1 + 0.5 * newton * bend
    var step = correction > 0.5 && correction < 2 ? newton / correction : newton
    step = direction * max(-40, min(40, step))
    if !step.isFinite || step == 0 { return }
    // Rounding alone moves it now.
    if abs(step) < 1e-11 && abs(step) >= least { return }
    move(step)
    if abs(step) < 1e-15 { return }
    least = min(least, abs(step))
  }
}

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
  solve(target: target, direction: isLower ? 1 : -1) {
    let tails = incompleteGamma(a, x)
    let logTail = isLower ? tails.logLower : tails.logUpper
    return (logTail, .exp(gammaLogDensity(a, x) - logTail), a - x)
  } move: {
    x *= .exp($0)
  }
  return x
}

/// The logarithm of the density of ln X at x: xᵃ e⁻ˣ / Γ(a).
package func gammaLogDensity(_ a: Double, _ x: Double, rest: Double = 0) -> Double {
  if a < 1 { return a * .log(x) - x - rest - .logGamma(a) }
  let slope = x - a + rest
  return 0.5 * .log(a / (2 * .pi)) - stirlingRemainder(a) - gammaExponent(a, x, slope)
}

/// The x with I_x(a, b) = `lower`, and 1 − x, each to relative accuracy; whichever of the tails is the smaller is what counts.
///
/// Solved for ln(x / (1 − x)).
///
/// - Precondition: a > 0, b > 0; the two add up to 1.
package func inverseIncompleteBeta(_ a: Double, _ b: Double, lower: Double, upper: Double) -> (x: Double, y: Double) {
  if lower <= 0 { return (0, 1) }
  if upper <= 0 { return (1, 0) }
  let isLower = lower <= upper
  let target = Double.log(min(lower, upper))
  // I is about xᵃ / (a B) where x is small, its complement about yᵇ / (b B) where y is.
  let first = edge(a, b, isLower ? target : .log(onePlus: -upper))
  if first < 1e-17 / (1 + b) { return (first, 1) }
  let last = edge(b, a, isLower ? .log(onePlus: -lower) : target)
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
  solve(target: target, direction: isLower ? 1 : -1) {
    let tails = incompleteBeta(a, b, x: x, y: y)
    let logTail = isLower ? tails.logLower : tails.logUpper
    let density = betaDensity(a, b, x: x, y: y)
    return (logTail, density.factor * .exp(density.exponent - logTail), a * y - b * x)
  } move: { step in
    let (p, q) = step > 0 ? (x, y * .exp(-step)) : (x * .exp(step), y)
    (x, y) = (p / (p + q), q / (p + q))
    // The smaller is what is exact.
    if x <= y { y = 1 - x } else { x = 1 - y }
  }
  return (x, y)

  func edge(_ a: Double, _ b: Double, _ logTail: Double) -> Double {
    let logFactor = a < 1 ? Double.log1pGammaRatio(a, b) : .log(a) + logBeta(a, b)
    return .exp((logTail + logFactor) / a)
  }
}
