import Foundation
import GodwitRandom
import Testing

/// The conformance suite of distributions: what every one of them must satisfy, whatever it is.
///
/// Its checks return what is wrong, so that a test can show that they find it.
public struct DistributionSuite<Law: Distribution> {
  let law: Law
  let sampleCount = 40_000
  /// Probabilities at which the quantile is asked.
  static var probabilities: [Double] {
    let tails = [1e-300, 1e-100, 1e-30, 1e-12, 1e-7, 1e-4, 0.01, 0.1]
    return tails + [0.25, 0.5, 0.75] + tails.dropFirst(3).reversed().map { 1 - $0 }
  }

  public init(_ law: Law) { self.law = law }

  /// What both kinds must satisfy: `number` is a value as a real number, `mass` the probability of values above the first and
  /// up to the second.
  func commonViolations(number: (Law.Value) -> Double, mass: (Law.Value, Law.Value) -> Double) -> [String] {
    var found: [String] = []
    func expect(_ condition: Bool, _ message: @autoclosure () -> String) { if !condition { found.append(message()) } }

    let (lowest, highest) = (number(law.support.lowerBound), number(law.support.upperBound))
    for x in [-Double.infinity, lowest.nextDown] where x < lowest {
      expect(law.cdf(x) == 0 && law.survival(x) == 1, "at \(x), below the support, cdf \(law.cdf(x))")
    }
    expect(law.cdf(highest) == 1 && law.survival(highest) == 0, "at the end of the support cdf \(law.cdf(highest))")
    expect(law.quantile(0) == law.support.lowerBound, "quantile of 0: \(law.quantile(0))")
    expect(law.quantile(1) == law.support.upperBound, "quantile of 1: \(law.quantile(1))")
    var previous: Law.Value?
    for p in Self.probabilities {
      let x = law.quantile(p)
      expect(law.support.contains(x), "quantile of \(p): \(x) is outside the support")
      if let previous {
        expect(x >= previous, "quantile of \(p): \(x) is below \(previous)")
        let (between, want) = (mass(previous, x), law.cdf(number(x)) - law.cdf(number(previous)))
        expect(abs(between - want) < 1e-11, "between \(previous) and \(x): cdf \(want), masses \(between)")
      }
      previous = x
      let (lower, upper) = (law.cdf(number(x)), law.survival(number(x)))
      expect(abs(lower + upper - 1) < 1e-14, "at \(x): cdf \(lower) and survival \(upper)")
    }
    return found + sampleViolations(number: number)
  }

  /// Counts between quantiles: χ² may exceed its band with a probability of 10⁻⁷.
  private func sampleViolations(number: (Law.Value) -> Double) -> [String] {
    var generator = Philox(seed: 77)
    var copy = generator
    let samples = law.samples(sampleCount, using: &generator)
    var found: [String] = []
    if samples != law.samples(sampleCount, using: &copy) { found.append("samples differ under a copied generator") }
    if samples.contains(where: { !law.support.contains($0) }) { found.append("samples outside the support") }
    var single = copy
    let one = law.sample(using: &single)
    if !law.support.contains(one) { found.append("sample \(one) is outside the support") }
    if !law.samples(0, using: &copy).isEmpty { found.append("samples where none were asked for") }

    var edges: [Double] = []
    for cell in 1..<40 {
      let edge = number(law.quantile(Double(cell) / 40))
      if edges.last.map({ edge > $0 }) ?? true { edges.append(edge) }
    }
    if law.survival(edges[edges.count - 1]) == 0 { edges.removeLast() }
    var counts = [Double](repeating: 0, count: edges.count + 1)
    for sample in samples {
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if number(sample) <= edges[middle] { high = middle } else { low = middle + 1 }
      }
      counts[low] += 1
    }
    var statistic = 0.0
    for cell in counts.indices {
      let above = cell == 0 ? 1 : law.survival(edges[cell - 1])
      let probability = cell == edges.count ? above : above - law.survival(edges[cell])
      let expected = probability * Double(sampleCount)
      statistic += (counts[cell] - expected) * (counts[cell] - expected) / max(expected, 1e-9)
    }
    if edges.isEmpty { return found }
    let chance = incompleteGamma(Double(edges.count) / 2, statistic / 2).upper
    if !(chance > 1e-7) { found.append("samples: χ² \(statistic) of \(edges.count) degrees, of chance \(chance)") }
    return found
  }

  /// What is wrong with the moments, given the terms of a sum or an integral over nearly all of the law: weights that add up
  /// to 1, and values.
  func momentViolations(_ terms: [(weight: Double, x: Double)]) -> [String] {
    func moment(_ function: (Double) -> Double) -> Double {
      var (sum, rest) = (0.0, 0.0)
      for term in terms {
        let value = term.weight * function(term.x)
        let total = sum + value
        rest += abs(sum) >= abs(value) ? (sum - total) + value : (value - total) + sum
        sum = total
      }
      return sum + rest
    }
    var found: [String] = []
    func compare(_ name: String, _ got: Double, _ want: Double, _ scale: Double, _ tolerance: Double) {
      if !(abs(got - want) <= tolerance * scale) { found.append("\(name) is \(got), by summation \(want)") }
    }
    let (mean, deviation) = (law.mean, law.variance.squareRoot())
    let weight = moment { _ in 1 }
    compare("the whole mass", 1, weight, 1, 1e-10)
    compare("mean", mean, mean + moment { $0 - mean }, max(deviation, abs(mean) * 1e-6), 1e-7)
    compare("variance", law.variance, moment { ($0 - mean) * ($0 - mean) }, law.variance, 1e-7)
    if law.variance == 0 { return found }
    let third = moment { (($0 - mean) / deviation) * (($0 - mean) / deviation) * (($0 - mean) / deviation) }
    compare("skewness", law.skewness, third, 1 + abs(third), 1e-5)
    let fourth = moment { x in
      let square = ((x - mean) / deviation) * ((x - mean) / deviation)
      return square * square
    }
    compare("excess kurtosis", law.excessKurtosis, fourth - 3, abs(fourth), 1e-4)
    return found
  }

  func report(_ found: [String], _ sourceLocation: SourceLocation) {
    for violation in found { Issue.record("\(law): \(violation)", sourceLocation: sourceLocation) }
  }
}

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
