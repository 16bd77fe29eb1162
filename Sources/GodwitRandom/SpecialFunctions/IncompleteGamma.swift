import RealModule

/// P(a, x) and Q(a, x), the regularised incomplete gamma functions: the tails at x of the gamma distribution of shape a.
///
/// From shape 32 the tail away from the mean is the density of ln X times ∫ exp(−(x − a)s − x(eˢ − 1 − s)) ds, whose exponent
/// has no cancellation, by quadrature: relative accuracy does not depend on the shape, up to 10¹⁵ and beyond. Below, the
/// series of P for x < a (DLMF 8.7.1), the continued fraction of Q above (DLMF 8.9.2); 1 − P itself where a is small.
///
/// - Parameters:
///   - rest: what x leaves of the argument: at a great shape the rounding of x alone would be felt.
/// - Precondition: a > 0, x ≥ 0.
package func incompleteGamma(_ a: Double, _ x: Double, rest: Double = 0) -> Tails {
  if x <= 0 { return .none }
  if x == .infinity { return .all }
  let slope = x - a + rest
  if a >= 32 {
    let isLower = slope < 0
    let side = isLower ? -1.0 : 1
    let integral = GaussLegendre.tail(slope: abs(slope), curvature: x) { s in
      abs(slope) * s + x * expMinusOneMinus(side * s)
    }
    let factor = (a / (2 * .pi)).squareRoot() * .exp(-stirlingRemainder(a))
    return Tails(factor * integral, exponent: -gammaExponent(a, x, slope), isLower: isLower)
  }
  // xᵃ e⁻ˣ / Γ(a + 1)
  let (factor, exponent) =
    a < 1
    ? (1 / Double.gamma(1 + a), a * .log(x) - x - rest)
    : (Double.exp(-stirlingRemainder(a)) / (2 * .pi * a).squareRoot(), -gammaExponent(a, x, slope))
  if x >= max(a, 1) {
    return Tails(factor * a * upperFraction(a, x), exponent: exponent, isLower: false)
  }
  var (term, sum, n) = (1.0, 1.0, a)
  while term > sum * 0x1p-56 {
    n += 1
    term *= x / n
    sum += term
  }
  let lower = Tails(factor * sum, exponent: exponent, isLower: true)
  return a < 1 && lower.lower > 0.7 ? Tails(smallShapeUpper(a, x), exponent: 0, isLower: false) : lower
}

/// The density of ln X at x, xᵃ e⁻ˣ / Γ(a), as factor · exp(exponent).
func gammaDensity(_ a: Double, _ x: Double, rest: Double = 0) -> (factor: Double, exponent: Double) {
  if a < 1 { return (a / .gamma(1 + a), a * .log(x) - x - rest) }
  let slope = x - a + rest
  return ((a / (2 * .pi)).squareRoot() * .exp(-stirlingRemainder(a)), -gammaExponent(a, x, slope))
}

/// The logarithm of the density of ln X at x: xᵃ e⁻ˣ / Γ(a).
package func gammaLogDensity(_ a: Double, _ x: Double, rest: Double = 0) -> Double {
  if a < 1 { return a * .log(x) - x - rest - .logGamma(a) }
  let slope = x - a + rest
  return 0.5 * .log(a / (2 * .pi)) - stirlingRemainder(a) - gammaExponent(a, x, slope)
}

/// a ln(a / x) + x − a ≥ 0 with x − a given, for it is known better than x.
private func gammaExponent(_ a: Double, _ x: Double, _ slope: Double) -> Double {
  let u = slope / a
  return u < -0.5 ? a * .log(a / x) + slope : -a * logOnePlusMinus(u)
}

/// Q(a, x) Γ(a) eˣ x⁻ᵃ by Lentz's method, for x ≥ 1 that is not below a.
private func upperFraction(_ a: Double, _ x: Double) -> Double {
  var b = x + 1 - a
  if b == 0 { b = 1e-300 }
  var d = 1 / b
  var (c, fraction) = (1e300, d)
  for n in 1...100_000 {
    let numerator = -Double(n) * (Double(n) - a)
    b += 2
    d = 1 / (numerator * d + b)
    c = b + numerator / c
    fraction *= c * d
    if abs(c * d - 1) < 0x1p-53 { break }
  }
  return fraction
}

/// Q(a, x) for a < 1, x < 1 by the series of 1 − P (DLMF 8.7.3), all of whose parts are small with a.
private func smallShapeUpper(_ a: Double, _ x: Double) -> Double {
  let logFactor = a * .log(x) - logGammaStep(1, a)
  var (term, sum, n) = (-1.0, 0.0, 0.0)
  while abs(term) > 1e-18 {
    n += 1
    term *= -x / n
    sum += term / (a + n)
  }
  return a * .exp(logFactor) * sum - .expMinusOne(logFactor)
}
