import RealModule

/// The tails at d of the law of Kolmogorov's distance: how far the empirical distribution of `count` independent values may be
/// from their own continuous one.
///
/// Where P(D > d) is below 10⁻³ or so, twice the tail of the one-sided distance; what that counts twice is 10⁻¹³ at most. Up
/// to 25,000 values the exact law, beyond the expansion of Pelz and Good, whose error, 0.05 / count² at most, is then below
/// 10⁻¹⁰.
///
/// - Precondition: the count is above 0.
/// - Complexity: O(count^1.5) up to 25,000 values, then O(1).
package func kolmogorovTails(_ d: Double, count: Int) -> Tails {
  let n = Double(count)
  if d.isNaN { return Tails(d, exponent: 0, isLower: true) }
  if 2 * n * d <= 1 { return .none }
  if d >= 1 { return .all }
  if n * d * d >= 3.84 { return Tails(2 * smirnovUpper(d, n), exponent: 0, isLower: false) }
  return Tails(count <= 25_000 ? kolmogorovExact(d, count) : pelzGood(d, n), exponent: 0, isLower: true)
}

/// P(D⁺ ≥ d) = Σⱼ d / (d + j/n) P(B = j) with B binomial of the probability d + j/n (Smirnov 1944; Birnbaum and Tingey 1951).
private func smirnovUpper(_ d: Double, _ n: Double) -> Double {
  let trials = Int(n)
  // The terms vanish with all their derivatives at both ends, so that evenly spaced ones give the sum of many to all digits.
  let step = max(1, trials / 65_536)
  var sum = 0.0
  for j in stride(from: 0, through: Int(n * (1 - d)), by: step) {
    let p = min(d + Double(j) / n, 1)
    guard let law = try? Binomial(trials: trials, probability: p) else { continue }
    sum += d / p * law.probability(of: j)
  }
  return min(sum * Double(step), 0.5)
}

/// P(D < d) = n! / nⁿ (Hⁿ)ₖₖ, Durbin 1973, "Distribution theory for tests based on the sample distribution function", as Marsaglia,
/// Tsang and Wang 2003 ("Evaluating Kolmogorov's distribution") write it: H has 1 / (i − j + 1)!, less at its first column and
/// last row. A row of Hⁿ is enough, and a few diagonals of H are all that is not next to 0.
private func kolmogorovExact(_ d: Double, _ count: Int) -> Double {
  let n = Double(count)
  let k = (n * d).rounded(.up)
  let (size, h) = (2 * Int(k) - 1, k - n * d)
  let band = 26
  // Over e, so that the rows stay about as great as they are.
  let inverseFactorials = (0..<band).map { Double.exp(-1) / .gamma(Double($0) + 1) }
  let lost = (0..<band).map { inverseFactorials[$0] * .pow(h, Double($0)) }
  let corner = size < band ? inverseFactorials[size] * .pow(max(0, 2 * h - 1), Double(size)) : 0
  // With a 0 before and as many behind as the band reaches.
  var row = [Double](repeating: 0, count: size + band)
  var next = row
  row[Int(k)] = 1
  for _ in 0..<count {
    for column in 1...size { next[column] = 0 }
    for (t, factor) in inverseFactorials.enumerated() {
      for column in 1...size { next[column] += factor * row[column + t - 1] }
    }
    let last = row[size]
    for t in 1..<min(band, size + 1) {
      next[1] -= lost[t] * row[t]
      next[size + 1 - t] -= lost[t] * last
    }
    next[1] += corner * last
    swap(&row, &next)
  }
  return row[Int(k)] * (2 * .pi * n).squareRoot() * .exp(stirlingRemainder(n))
}

/// P(D < d) by the first four terms in 1/√n: Pelz and Good 1976, "Approximating the lower tail-areas of the Kolmogorov–Smirnov
/// one-sample statistic".
private func pelzGood(_ d: Double, _ n: Double) -> Double {
  let x = d * n.squareRoot()
  let (x2, pi2) = (x * x, Double.pi * .pi)
  let (x4, x6) = (x2 * x2, x2 * x2 * x2)
  var (k0, k1, k2, k3) = (0.0, 0.0, 0.0, 0.0)
  for index in 0..<40 {
    // Places and their mirror images: halves for the first part of each term, whole numbers for the second.
    let half = Double(index) + 0.5
    let u = pi2 * half * half
    let weight = 2 * Double.exp(-u / (2 * x2))
    k0 += weight
    k1 += weight * (u - x2)
    k2 += weight * (6 * x6 + 2 * x4 + (2 * x4 - 5 * x2) * u + (1 - 2 * x2) * u * u) / (72 * x6)
    let outer = -30 * x6 - 90 * x4 * x4 + (135 * x4 - 96 * x6) * u + (212 * x4 - 60 * x2) * u * u
    k3 += weight * (outer + (5 - 30 * x2) * u * u * u) / (6480 * x6 * x2)
    let whole = pi2 * Double(index) * Double(index)
    let wholeWeight = 2 * Double.exp(-whole / (2 * x2))
    k2 -= wholeWeight * whole / (36 * x2)
    k3 += wholeWeight * (3 * x2 * whole - whole * whole) / (216 * x4)
  }
  let root = n.squareRoot()
  let scale = (Double.pi / 2).squareRoot() / x
  return scale * (k0 + k1 / (6 * x * x2 * root) + k2 / n + k3 / (x * n * root))
}
