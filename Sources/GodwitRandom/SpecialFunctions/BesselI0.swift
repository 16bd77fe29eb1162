import RealModule

/// I₀(x) − 1 = Σ (x / 2)²ᵏ / k!², k from 1 on, for the modified Bessel function (DLMF 10.25.2).
///
/// All terms are positive; about 2x of them count.
func besselI0MinusOne(_ x: Double) -> Double {
  let quarter = x * x / 4
  var (term, sum, k) = (quarter, quarter, 1.0)
  while term > sum * 1e-18 {
    k += 1
    term *= quarter / (k * k)
    sum += term
  }
  return sum
}

/// exp(−x) I₀(x) for x ≥ 0: by the series below 20, else by the asymptotic expansion (DLMF 10.40.1), whose least term is
/// about exp(−2x).
func scaledBesselI0(_ x: Double) -> Double {
  if x < 20 { return .exp(-x) * (1 + besselI0MinusOne(x)) }
  var (term, sum, k) = (1.0, 1.0, 0.0)
  while term > sum * 1e-18 {
    k += 1
    term *= (2 * k - 1) * (2 * k - 1) / (8 * k * x)
    sum += term
  }
  return sum / (2 * .pi * x).squareRoot()
}
