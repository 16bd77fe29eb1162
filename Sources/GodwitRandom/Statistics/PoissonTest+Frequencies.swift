import RealModule

/// How often counts of a class were seen, and how often a Poisson law expects them.
public struct CountClass: Sendable, Hashable {
  /// The counts of the class; the last one goes to `Int.max`.
  public let counts: ClosedRange<Int>
  public let observed: Int
  public let expected: Double
}

extension PoissonTest {
  /// Whether the numbers of events in equal intervals have a Poisson law: Pearson's χ².
  ///
  /// Neighbouring counts are pooled until five or more are expected of a class. The statistic has the law χ² of two degrees of
  /// freedom less than classes only where the rate is the likeliest of the pooled counts, as here; with the mean of the counts
  /// it would be greater (Chernoff and Lehmann 1954, "The use of maximum likelihood estimates in χ² tests for goodness of fit").
  public static func frequencies(
    of counts: [Int]
  ) throws(PoissonTestError) -> (result: TestResult, rate: Double, classes: [CountClass]) {
    let mean = try mean(of: counts, needed: 2)
    let total = Double(counts.count)
    let first = Poisson(unchecked: mean)
    // Of a broad law 200 classes at most: more would see less.
    let edges = edges(first, least: max(5 / total, mean > 100 ? 1 / 200 : 0))
    guard edges.count >= 2 else { throw .tooFewClasses(count: edges.count + 1, intervals: counts.count) }
    var observed = [Int](repeating: 0, count: edges.count + 1)
    for count in counts { observed[edges.index(reaching: count)] += 1 }
    let law = likeliest(observed, edges, near: first)
    let expected = masses(of: edges, law).map { $0 * total }
    let statistic = compensatedSum(
      zip(observed, expected).lazy.map { (Double($0) - $1) * (Double($0) - $1) / $1 })
    let freedom = edges.count - 1
    let bounds = [0] + edges.map { $0 + 1 }
    return (
      TestResult(
        statistic: statistic, degreesOfFreedom: freedom,
        pValue: incompleteGamma(Double(freedom) / 2, statistic / 2).upper),
      law.rate,
      bounds.indices.map {
        CountClass(
          counts: bounds[$0]...($0 < edges.count ? edges[$0] : .max), observed: observed[$0], expected: expected[$0])
      }
    )
  }

  /// The greatest count of each class but the last, each class of a probability of `least` or more.
  private static func edges(_ law: Poisson, least: Double) -> [Int] {
    var edges: [Int] = []
    var below = 0.0
    while below + least < 1 {
      let edge = law.quantile(below + least)
      if law.tails(Double(edge)).lower < least { break }
      edges.append(edge)
      below = law.tails(Double(edge)).upper
    }
    return edges
  }

  /// The probability of each class, from the tail that is the smaller.
  private static func masses(of edges: [Int], _ law: Poisson) -> [Double] {
    // Those that are quick: a law is asked for them a hundred times.
    let tails = edges.map { law.tails(Double($0)) }
    let lower = [0] + tails.map(\.upper) + [1]
    let upper = [1] + tails.map(\.lower) + [0]
    return lower.indices.dropLast().map { index in
      lower[index] < 0.5 ? lower[index + 1] - lower[index] : upper[index] - upper[index + 1]
    }
  }

  /// The law of the greatest likelihood of pooled counts: where Σ Oᵢ d ln Pᵢ / dλ is 0, by halving.
  private static func likeliest(_ observed: [Int], _ edges: [Int], near start: Poisson) -> Poisson {
    func slope(_ rate: Double) -> Double {
      let law = Poisson(unchecked: rate)
      // The derivative of P(N ≤ k) is −P(N = k).
      let ends = [0] + edges.map(law.probability(of:)) + [0]
      return compensatedSum(
        masses(of: edges, law).enumerated().lazy.map { index, mass in
          observed[index] == 0 ? 0 : Double(observed[index]) * (ends[index] - ends[index + 1]) / mass
        })
    }
    let reach = 2 * (start.rate / Double(observed.reduce(0, +))).squareRoot()
    var (low, high) = (start.rate, start.rate)
    for _ in 0..<60 where slope(low) < 0 { low = max(low - reach, low / 2) }
    for _ in 0..<60 where slope(high) > 0 { high += reach }
    for _ in 0..<60 where high - low > 1e-12 * high {
      let middle = (low + high) / 2
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return Poisson(unchecked: (low + high) / 2)
  }
}

extension [Int] {
  /// The index of the first of ascending elements that is `value` or more.
  fileprivate func index(reaching value: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] >= value { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
