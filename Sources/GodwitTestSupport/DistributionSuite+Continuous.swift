import Foundation
import GodwitRandom
import Testing

extension DistributionSuite where Law: ContinuousDistribution {
  /// Records an issue for everything that is wrong.
  public func run(sourceLocation: SourceLocation = #_sourceLocation) { report(violations(), sourceLocation) }

  /// Everything that is wrong with the law.
  public func violations() -> [String] {
    var found = commonViolations(number: { $0 }, mass: integral)
    for x in [law.support.lowerBound.nextDown, law.support.upperBound.nextUp]
    where x < law.support.lowerBound || x > law.support.upperBound {
      if law.density(at: x) != 0 || law.logDensity(at: x) != -.infinity { found.append("density outside the support") }
    }
    for p in Self.probabilities where p > 1e-200 {
      let x = law.quantile(p)
      let (density, logDensity) = (law.density(at: x), law.logDensity(at: x))
      if density.isFinite, density > 1e-300,
        !(abs(density - exp(logDensity)) <= 1e-13 * max(1, abs(logDensity)) * density)
      {
        found.append("density \(density) at \(x), logarithm \(logDensity)")
      }
      // A rounding of x moves the cdf.
      let reach = 4 * x.ulp * density
      if x > .leastNormalMagnitude || x < 0, !(abs(law.cdf(x) - p) <= 1e-12 * p + reach) {
        found.append("quantile of \(p): \(x), with cdf \(law.cdf(x))")
      }
    }
    return found + momentViolations(terms)
  }

  /// Quadrature in pieces between quantiles, which are closer together in the tails.
  private var terms: [(weight: Double, x: Double)] {
    let lower = (1...100).map { law.quantile(.init(sign: .plus, exponent: $0 - 101, significand: 1)) }
    var upper: [Double] = []
    for exponent in 2...50 { upper.append(law.quantile(1 - .init(sign: .plus, exponent: -exponent, significand: 1))) }
    // Further than a quantile can be asked for: by steps as wide as the last.
    if var end = upper.last {
      let width = max(end - upper[upper.count - 2], end.ulp)
      while law.survival(end) > 1e-28, end < law.support.upperBound {
        end = min(end + width, law.support.upperBound)
        upper.append(end)
      }
    }
    let edges = lower + upper
    var terms: [(Double, Double)] = []
    for (first, last) in zip(edges, edges.dropFirst()) where last > first {
      for (place, weight) in GaussLegendre.nodes {
        let x = first + (last - first) * place
        terms.append((law.density(at: x) * weight * (last - first), x))
      }
    }
    return terms
  }

  private func integral(_ first: Double, _ last: Double) -> Double {
    if last <= first { return 0 }
    // In pieces of equal probability, so that each is smooth.
    let (low, high) = (law.cdf(first), law.cdf(last))
    var edges = [first]
    let ratio = high / max(low, 1e-300)
    for piece in 1..<16 {
      let part = Double(piece) / 16
      let p = ratio > 4 ? low * exp(log(ratio) * part) : low + (high - low) * part
      edges.append(min(max(law.quantile(min(p, 1)), edges[edges.count - 1]), last))
    }
    edges.append(last)
    var sum = 0.0
    for (a, b) in zip(edges, edges.dropFirst()) where b > a {
      sum += (b - a) * GaussLegendre.integral { law.density(at: a + (b - a) * $0) }
    }
    return sum
  }
}
