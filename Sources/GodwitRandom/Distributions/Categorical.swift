import RealModule

/// One of several things, numbered from 0, each with a probability of its own.
///
///     P(X = i) = wᵢ / Σ w
public struct Categorical: DiscreteDistribution {
  /// The probability of each category; they add up to 1.
  public let probabilities: [Double]
  /// For each category the sum of the probabilities up to it, and of those above it.
  private let lower: [Double]
  private let upper: [Double]
  private let table: AliasTable

  /// - Parameters:
  ///   - weights: proportional to the probabilities.
  /// - Throws: `ParameterError` unless there are weights, all are 0 or more and finite, and so is their sum, which is not 0.
  /// - Complexity: O(categories).
  public init(weights: [Double]) throws(ParameterError) {
    try ParameterError.check(!weights.isEmpty, Self.self, "weights", weights, "one or more")
    for weight in weights {
      try ParameterError.check(weight >= 0 && weight.isFinite, Self.self, "weight", weight, "0 or more and finite")
    }
    let sum = compensatedSum(weights)
    try ParameterError.check(sum > 0 && sum.isFinite, Self.self, "sum of the weights", sum, "above 0 and finite")
    let probabilities = weights.map { $0 / sum }
    self.probabilities = probabilities
    // Divided in two parts, so that each is rounded once.
    let below = Self.runningSums(weights)
    let total = below[below.count - 1]
    lower = below.map { ($0 / total).rounded }
    upper = Self.runningSums(weights.reversed()).map { ($0 / total).rounded }.reversed().dropFirst() + [0]
    table = AliasTable(probabilities)
  }

  private static func runningSums(_ weights: [Double]) -> [TwoParts] {
    var sum = TwoParts(high: 0, low: 0)
    return weights.map { weight in
      sum = sum + TwoParts(high: weight, low: 0)
      return sum
    }
  }

  public var support: ClosedRange<Int> { 0...(probabilities.count - 1) }

  public func probability(of value: Int) -> Double {
    probabilities.indices.contains(value) ? probabilities[value] : 0
  }

  public func logProbability(of value: Int) -> Double { .log(probability(of: value)) }

  public func cdf(_ x: Double) -> Double { x.isNaN ? x : x < 0 ? 0 : lower[place(x)] }

  public func survival(_ x: Double) -> Double { x.isNaN ? x : x < 0 ? 1 : upper[place(x)] }

  private func place(_ x: Double) -> Int { Int(min(x, Double(probabilities.count - 1))) }

  /// - Complexity: O(log categories).
  public func quantile(_ probability: Double) -> Int {
    requireProbability(probability)
    var (low, high) = (0, probabilities.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if lower[middle] >= probability { high = middle } else { low = middle + 1 }
    }
    return low
  }

  public var mean: Double { compensatedSum(probabilities.indices.lazy.map { Double($0) * probabilities[$0] }) }
  public var variance: Double { moment(2) }
  public var skewness: Double { moment(3) / (variance * standardDeviation) }
  public var excessKurtosis: Double { moment(4) / (variance * variance) - 3 }

  private func moment(_ order: Int) -> Double {
    let mean = mean
    return compensatedSum(probabilities.indices.lazy.map { probabilities[$0] * .pow(Double($0) - mean, order) })
  }

  /// By the alias method, one word to a sample (see `AliasTable`).
  ///
  /// - Complexity: O(1).
  public func sample(using generator: inout some RandomNumberGenerator) -> Int { table.outcome(of: generator.next()) }

  public func fill(_ target: UnsafeMutableBufferPointer<Int>, using generator: inout some RandomNumberGenerator) {
    table.fill(target, first: 0, using: &generator)
  }
}

extension Categorical: FittableDistribution {
  /// The probabilities of the greatest likelihood are the shares of the categories, up to the greatest that occurs; the intervals
  /// are those of Clopper and Pearson, each with the confidence by itself.
  public static func fit(_ samples: [Int], confidence: Double) throws(FitError) -> Fit<Categorical> {
    try FitError.check(samples, confidence: confidence, expected: "0 to 999999") { $0 >= 0 && $0 < 1_000_000 }
    var counts = [Double](repeating: 0, count: (samples.max() ?? 0) + 1)
    for sample in samples { counts[sample] += 1 }
    let found = counts
    let law = try FitError.law { () throws(ParameterError) in try Categorical(weights: found) }
    return Fit(
      distribution: law,
      parameters: counts.enumerated().map { index, successes in
        Binomial.estimate(
          "probability of \(index)", successes: successes, trials: Double(samples.count), confidence: confidence)
      })
  }
}
