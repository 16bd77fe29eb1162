import RealModule

/// I_x(a, b) and its complement, the regularised incomplete beta functions: the tails at x of the beta distribution.
///
/// Where both parameters are at least 32, the tail away from the mean is the density of w = ln(X / (1 − X)) times the integral
/// of its ratio to itself further out, whose exponent has no cancellation, by quadrature: the accuracy does not depend on
/// the parameters, up to 10¹⁵ and beyond. Else power series (DLMF 8.17.7) where their terms fall at once, the continued
/// fraction of Didonato and Morris 1992 ("Algorithm 708", equation 9) for the rest; both from the side of the mean where
/// they converge.
///
/// - Parameters:
///   - x: the argument and, in `y`, 1 − x; the smaller of the two is taken as exact.
/// - Precondition: a > 0, b > 0, 0 ≤ x ≤ 1.
package func incompleteBeta(_ a: Double, _ b: Double, x: Double, y: Double) -> Tails {
  if x <= 0 { return .none }
  if y <= 0 { return .all }
  // The centre of a symmetric law.
  if a == b && x == y { return Tails(0.5, exponent: 0, isLower: true) }
  let slope = x <= y ? betaSlope(a, b, x) : -betaSlope(b, a, y)
  if min(a, b) < 32 {
    if b * x <= 0.9 && x <= 0.7 { return betaSeries(a, b, x, y, slope) }
    if a * y <= 0.9 && y <= 0.7 { return betaSeries(b, a, y, x, -slope).swapped }
  }
  let density = betaDensity(a, b, x, y, slope)
  func integral(_ a: Double, _ b: Double, _ x: Double, _ y: Double, _ slope: Double) -> Double {
    if min(a, b) < 32 { return betaFraction(a, b, x, y, slope) }
    let n = a + b
    return GaussLegendre.tail(slope: slope, curvature: n * x * y) { s in
      slope * s + n * (x <= y ? bernoulliCumulant(x, -s) : bernoulliCumulant(y, s))
    }
  }
  return slope >= 0
    ? Tails(density.factor * integral(a, b, x, y, slope), exponent: density.exponent, isLower: true)
    : Tails(density.factor * integral(b, a, y, x, -slope), exponent: density.exponent, isLower: false)
}

/// a − (a + b) x, rounded about once.
private func betaSlope(_ a: Double, _ b: Double, _ x: Double) -> Double {
  let n = a + b
  let lost = min(a, b) - (n - max(a, b))
  let product = n * x
  return a - product - (-product).addingProduct(n, x) - lost * x
}

/// xᵃ yᵇ / B(a, b) as factor · exp(exponent): the density of ln(X / (1 − X)).
package func betaDensity(_ a: Double, _ b: Double, x: Double, y: Double) -> (factor: Double, exponent: Double) {
  betaDensity(a, b, x, y, x <= y ? betaSlope(a, b, x) : -betaSlope(b, a, y))
}

private func betaDensity(
  _ a: Double, _ b: Double, _ x: Double, _ y: Double, _ slope: Double
) -> (factor: Double, exponent: Double) {
  let n = a + b
  let (mean, rest) = (n * x, n * y)
  let remainder = stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b)
  let distance = deviance(a, mean: mean, difference: slope) + deviance(b, mean: rest, difference: -slope)
  return (.exp(remainder) * (a / (2 * .pi) * (b / n)).squareRoot(), -distance)
}

/// ln(1 − p + p eˢ) − p s, without cancellation, for p ≤ ½.
private func bernoulliCumulant(_ p: Double, _ s: Double) -> Double {
  let v = p * .expMinusOne(s)
  return v > 1 ? .log(onePlus: v) - p * s : logOnePlusMinus(v) + p * expMinusOneMinus(s)
}

/// The tails by the series in powers of x: xᵃ / (a B(a, b)) · (1 + a Σ (1 − b)ₙ xⁿ / (n! (a + n))).
private func betaSeries(_ a: Double, _ b: Double, _ x: Double, _ y: Double, _ slope: Double) -> Tails {
  var (term, sum, n) = (1.0, 0.0, 0.0)
  repeat {
    n += 1
    term *= (n - b) * (x / n)
    sum += term / (a + n)
  } while abs(term) > 1e-18 * abs(sum) * (a + n)
  if a >= 1 {
    let density = betaDensity(a, b, x, y, slope)
    let power = Double.exp(-b * .log(onePlus: -x))
    return Tails(density.factor / a * power * (1 + a * sum), exponent: density.exponent, isLower: true)
  }
  let logCoefficient = -logScaledBeta(a, b)
  let logFactor = a * .log(x) + logCoefficient
  let lower = Tails(inverseScaledBeta(a, b) * (1 + a * sum), exponent: a * .log(x), isLower: true)
  if lower.lower < 0.7 { return lower }
  // 1 − I, all of whose parts are small with a.
  return Tails(-.expMinusOne(logFactor) - a * .exp(logFactor) * sum, exponent: 0, isLower: false)
}

/// I_x(a, b) B(a, b) x⁻ᵃ y⁻ᵇ below the mean, where slope = a − (a + b) x ≥ 0.
private func betaFraction(_ a: Double, _ b: Double, _ x: Double, _ y: Double, _ slope: Double) -> Double {
  func denominator(_ n: Double) -> Double {
    n + n * (b - n) * x / (a + 2 * n - 1) + (a + n) / (a + 2 * n + 1) * (slope + 1 + n * (1 + y))
  }
  var d = (a + 1) / (a * (slope + 1))
  var (c, fraction) = (1e300, d)
  for index in 1...100_000 {
    let n = Double(index)
    let k = a + 2 * n - 1
    let numerator = (a + n - 1) / k * ((a + b + n - 1) / k) * n * (b - n) * x * x
    let step = denominator(n)
    d = 1 / (numerator * d + step)
    c = step + numerator / c
    fraction *= c * d
    if abs(c * d - 1) < 0x1p-53 { break }
  }
  return fraction
}
