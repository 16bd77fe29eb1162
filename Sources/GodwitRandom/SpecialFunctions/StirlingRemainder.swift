import RealModule

/// δ(x) = ln Γ(x) − (x − ½) ln x + x − ½ ln 2π, what Stirling's formula leaves, for x > 0.
///
/// From 10 its asymptotic series (DLMF 5.11.1), below from the gamma function itself.
package func stirlingRemainder(_ x: Double) -> Double {
  if x < 10 {
    if x < 1e-3 { return .log(.gamma(1 + x) / (2 * .pi).squareRoot()) - (0.5 + x) * .log(x) + x }
    return .log(.gamma(x) * (x / (2 * .pi)).squareRoot() * .exp(x) * .pow(x, -x))
  }
  let t = 1 / (x * x)
  var sum = 1.0 / 156
  for coefficient in [-691.0 / 360_360, 1.0 / 1188, -1.0 / 1680, 1.0 / 1260, -1.0 / 360, 1.0 / 12] {
    sum = sum * t + coefficient
  }
  return sum / x
}

/// ln B(a, b), the logarithm of the beta function, without cancellation between great terms.
package func logBeta(_ a: Double, _ b: Double) -> Double {
  let (small, great) = (min(a, b), max(a, b))
  if small < 1 { return .log1pGammaRatio(small, great) - .log(small) }
  return stirlingRemainder(small) + stirlingRemainder(great) - stirlingRemainder(small + great)
    + 0.5 * .log(2 * .pi / small * (1 + small / great)) + small * .log(small / (small + great))
    - great * .log(onePlus: small / great)
}

extension Double {
  /// ln(Γ(1 + a) Γ(b) / Γ(a + b)) = ln(a B(a, b)), to relative accuracy as a tends to 0.
  static func log1pGammaRatio(_ a: Double, _ b: Double) -> Double { logGammaStep(1, a) - logGammaStep(b, a) }
}

/// ln Γ(z + a) − ln Γ(z), to relative accuracy as a tends to 0: the integral of the digamma function.
///
/// - Precondition: 0 ≤ a ≤ 1, z > 0.
package func logGammaStep(_ z: Double, _ a: Double) -> Double {
  if z < 1 { return logGammaStep(z + 1, a) - .log(onePlus: a / z) }
  return a * GaussLegendre.integral { digamma(z + a * $0) }
}
