import RealModule

/// ψ(x), the derivative of ln Γ(x), for x > 0: by its recurrence up to 10, by its asymptotic series from there (DLMF 5.5.2,
/// 5.11.2).
package func digamma(_ x: Double) -> Double {
  var (x, shift) = (x, 0.0)
  while x < 10 {
    shift += 1 / x
    x += 1
  }
  let t = 1 / (x * x)
  var sum = 1.0 / 12
  for coefficient in [-691.0 / 32_760, 1.0 / 132, -1.0 / 240, 1.0 / 252, -1.0 / 120, 1.0 / 12] {
    sum = sum * t + coefficient
  }
  return .log(x) - 0.5 / x - sum * t - shift
}

/// ψ′(x), the second derivative of ln Γ(x), for x > 0 (DLMF 5.15.5, 5.15.8).
package func trigamma(_ x: Double) -> Double {
  var (x, shift) = (x, 0.0)
  while x < 15 {
    shift += 1 / (x * x)
    x += 1
  }
  let t = 1 / (x * x)
  var sum = 7.0 / 6
  for coefficient in [-691.0 / 2730, 5.0 / 66, -1.0 / 30, 1.0 / 42, -1.0 / 30, 1.0 / 6] { sum = sum * t + coefficient }
  return (1 + 0.5 / x + sum * t) / x + shift
}
