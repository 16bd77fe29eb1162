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
