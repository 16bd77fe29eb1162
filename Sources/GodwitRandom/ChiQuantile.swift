#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The length below which a normal vector of `dimensions` independent components lies with a probability: the quantile of the
/// chi distribution, to about 1e-12.
///
/// - Precondition: there is a dimension; the probability is between 0 and 1, both excluded.
package func chiQuantile(_ probability: Double, dimensions: Int) -> Double {
  var (low, high) = (0.0, Double(dimensions).squareRoot() + 40)
  for _ in 0..<100 {
    let middle = (low + high) / 2
    if lowerGamma(Double(dimensions) / 2, middle * middle / 2) < probability { low = middle } else { high = middle }
  }
  return (low + high) / 2
}

/// The regularised lower incomplete gamma function P(a, x): by its series below a + 1, by a continued fraction for the rest
/// above (Press et al. 2007, "Numerical recipes", section 6.2).
private func lowerGamma(_ a: Double, _ x: Double) -> Double {
  if x <= 0 { return 0 }
  let factor = exp(a * log(x) - x - lgamma(a))
  if x < a + 1 {
    var (term, sum, n) = (1 / a, 1 / a, a)
    while term > sum * 1e-17 {
      n += 1
      term *= x / n
      sum += term
    }
    return sum * factor
  }
  // Lentz's method.
  let tiny = 1e-300
  var b = x + 1 - a
  var (c, d) = (1 / tiny, 1 / b)
  var fraction = d
  for n in 1...1000 {
    let numerator = -Double(n) * (Double(n) - a)
    b += 2
    d = 1 / nonZero(numerator * d + b, tiny)
    c = nonZero(b + numerator / c, tiny)
    fraction *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return 1 - factor * fraction
}

private func nonZero(_ x: Double, _ tiny: Double) -> Double { abs(x) < tiny ? tiny : x }
