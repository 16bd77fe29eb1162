import Foundation
import GodwitRandom
import Testing

extension DistributionSuite where Law: DiscreteDistribution {
  /// Records an issue for everything that is wrong.
  public func run(sourceLocation: SourceLocation = #_sourceLocation) { report(violations(), sourceLocation) }

  /// Everything that is wrong with the law.
  public func violations() -> [String] {
    var found = commonViolations(number: { Double($0) }, mass: mass)
    let (lowest, highest) = (law.support.lowerBound, law.support.upperBound)
    for value in [lowest - 1, highest == .max ? -1 : highest + 1] {
      let (mass, logMass) = (law.probability(of: value), law.logProbability(of: value))
      if mass != 0 || logMass != -.infinity { found.append("probability \(mass) of \(value), outside the support") }
    }
    for p in Self.probabilities {
      let k = law.quantile(p)
      let (here, before) = (law.cdf(Double(k)), law.cdf(Double(k) - 1))
      if !(here >= p && (before < p || k == lowest)) {
        found.append("quantile of \(p): \(k), with cdf \(here) after \(before)")
      }
      if here < 1, law.quantile(here) != k { found.append("quantile of cdf(\(k)): \(law.quantile(here))") }
      if law.cdf(Double(k) + 0.5) != here { found.append("cdf between \(k) and the next value differs") }
      let (mass, logMass) = (law.probability(of: k), law.logProbability(of: k))
      let tolerance = 1e-13 * max(1, abs(logMass))
      if mass > 1e-300, !(abs(mass - exp(logMass)) <= tolerance * mass) {
        found.append("probability \(mass) of \(k), logarithm \(logMass)")
      }
      let step = here < 0.5 ? here - before : law.survival(Double(k) - 1) - law.survival(Double(k))
      if !(abs(mass - step) <= 1e-12 * min(here, law.survival(Double(k) - 1)) + 1e-300) {
        found.append("probability \(mass) of \(k), by differences \(step)")
      }
    }
    return found + momentViolations(terms(from: law.quantile(1e-25), to: upperEnd))
  }

  /// A value above which next to nothing is.
  private var upperEnd: Int {
    var end = law.quantile(1 - 1e-12)
    let step = max(1, end - law.quantile(0.5))
    while end < law.support.upperBound, law.survival(Double(end)) > 1e-25 {
      end += min(step, law.support.upperBound - end)
    }
    return end
  }

  /// All values of a range; of many, evenly spaced ones by Simpson's rule.
  private func terms(from first: Int, to last: Int) -> [(weight: Double, x: Double)] {
    let count = 100_000
    let step = (last - first) / count
    if step < 2 { return (first...last).map { (law.probability(of: $0), Double($0)) } }
    return (0...count).map { index in
      let value = first + index * step
      let isEnd = index == 0 || index == count
      // A sum over whole numbers exceeds the integral by half of each end.
      let weight = Double(step) / 3 * (isEnd ? 1 : index % 2 == 1 ? 4 : 2) + (isEnd ? 0.5 : 0)
      return (law.probability(of: value) * weight, Double(value))
    }
  }

  private func mass(_ first: Int, _ last: Int) -> Double {
    if last - first > 200_000 {
      return law.survival(Double(first)) - law.survival(Double(last))  // too many to add up
    }
    var sum = 0.0
    for value in stride(from: first + 1, through: last, by: 1) { sum += law.probability(of: value) }
    return sum
  }
}
