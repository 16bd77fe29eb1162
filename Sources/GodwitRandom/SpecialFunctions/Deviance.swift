import RealModule

/// log(1 + u) − u, without cancellation at small u.
///
/// With s = u / (2 + u), log(1 + u) = 2 artanh s, so that the value is −us + 2s³(1/3 + s²/5 + …), whose second part is a
/// tenth of the first at most.
package func logOnePlusMinus(_ u: Double) -> Double {
  if u < -0.5 || u > 1 { return .log(onePlus: u) - u }
  let s = u / (2 + u)
  return s * (2 * s * s * artanhRemainder(s * s) - u)
}

/// k log(k/m) + m − k ≥ 0, the deviance of a count k from its mean m, with k − m given, as it is known better than by
/// subtraction.
///
/// m φ((k − m) / m) with φ(u) = (1 + u) log(1 + u) − u near the mean, by the series of artanh. Loader 2000, "Fast and accurate
/// computation of binomial probabilities", where it is bd0; the published way of computing it loses digits.
///
/// - Precondition: k ≥ 0, m > 0.
package func deviance(_ k: Double, mean m: Double, difference: Double) -> Double {
  let u = difference / m
  if u < -0.5 || u > 1 {
    if k == 0 { return m }
    let ratio = k / m
    return k * (ratio < .infinity ? .log(ratio) : .log(k) - .log(m)) - difference
  }
  let s = u / (2 + u)
  return m * (s * (u + (1 + u) * (2 * s * s * artanhRemainder(s * s))))
}

/// eˢ − 1 − s, without cancellation at small s.
package func expMinusOneMinus(_ s: Double) -> Double {
  if abs(s) > 1 { return .expMinusOne(s) - s }
  var sum = 1.0
  for n in stride(from: 19.0, through: 3, by: -1) { sum = 1 + s / n * sum }
  return s * s / 2 * sum
}

/// (artanh s − s) / s³ = 1/3 + t/5 + t²/7 + … for t = s² ≤ 1/9.
private func artanhRemainder(_ t: Double) -> Double {
  var sum = 0.0
  for n in stride(from: 37.0, through: 3, by: -2) { sum = sum * t + 1 / n }
  return sum
}
