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
    let (end, none) = (law.cdf(.infinity), law.cdf(.nan))
    expect(end == 1 && law.survival(.infinity) == 0, "cdf of infinity: \(end)")
    expect(none.isNaN && law.survival(.nan).isNaN, "cdf of NaN: \(none)")
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

  /// What is wrong with the samples: those of `fill`, few and many, and those that come one by one.
  private func sampleViolations(number: (Law.Value) -> Double) -> [String] {
    sampleViolations("samples", number) { law.samples($0, using: &$1) }
      + sampleViolations("samples one by one", number) { count, generator in
        (0..<count).map { _ in law.sample(using: &generator) }
      }
      + sampleViolations("samples by fifties", number) { count, generator in
        (0..<count / 50).flatMap { _ in law.samples(50, using: &generator) }
      }
  }

  /// Counts between quantiles: χ² may exceed its band with a probability of 10⁻⁷.
  private func sampleViolations(
    _ name: String, _ number: (Law.Value) -> Double, of sampled: (Int, inout Philox) -> [Law.Value]
  ) -> [String] {
    var generator = Philox(seed: 77)
    var copy = generator
    let samples = sampled(sampleCount, &generator)
    var found: [String] = []
    if samples != sampled(sampleCount, &copy) { found.append("\(name) differ under a copied generator") }
    if generator != copy { found.append("\(name) leave a copied generator elsewhere") }
    if samples.contains(where: { !law.support.contains($0) }) { found.append("\(name) outside the support") }
    if !sampled(0, &copy).isEmpty { found.append("\(name) where none were asked for") }

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
    if !(chance > 1e-7) { found.append("\(name): χ² \(statistic) of \(edges.count) degrees, of chance \(chance)") }
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
