import RealModule

/// ln B(a, b), the logarithm of the beta function, without cancellation between great terms.
package func logBeta(_ a: Double, _ b: Double) -> Double {
  let (small, great) = (min(a, b), max(a, b))
  if small < 1 { return logScaledBeta(small, great) - .log(small) }
  return stirlingRemainder(small) + stirlingRemainder(great) - stirlingRemainder(small + great)
    + 0.5 * .log(2 * .pi / small * (1 + small / great)) + small * .log(small / (small + great))
    - great * .log(onePlus: small / great)
}

/// ln(Γ(1 + a) Γ(b) / Γ(a + b)) = ln(a B(a, b)), to relative accuracy as a tends to 0.
func logScaledBeta(_ a: Double, _ b: Double) -> Double { logGammaStep(1, a) - logGammaStep(b, a) }

/// 1 / (a B(a, b)), to relative accuracy also where its logarithm is great, at tiny b.
///
/// - Precondition: a ≤ 1.
func inverseScaledBeta(_ a: Double, _ b: Double) -> Double {
  b < 1 ? .exp(logGammaStep(1 + b, a) - logGammaStep(1, a)) / (1 + a / b) : .exp(-logScaledBeta(a, b))
}

/// ln Γ(z + a) − ln Γ(z), to relative accuracy as a tends to 0: the integral of the digamma function.
///
/// - Precondition: 0 ≤ a ≤ 1, z > 0.
package func logGammaStep(_ z: Double, _ a: Double) -> Double {
  if z < 1 { return logGammaStep(z + 1, a) - .log(onePlus: a / z) }
  return a * GaussLegendre.integral { digamma(z + a * $0) }
}
