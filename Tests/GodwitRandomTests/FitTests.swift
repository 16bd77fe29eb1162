import Foundation
import GodwitRandom
import Testing

@Suite struct FitTests {
  /// Fits samples of a law: intervals of confidence 1 − 10⁻⁷ hold its parameters, and those of 80 % do for about 80 % of 300 small
  /// samples (within a band of 10⁻⁷ and what an approximate interval is off by).
  private func recover<Law: FittableDistribution>(
    _ law: Law, _ truth: [String: Double], count: Int = 100, coverage: ClosedRange<Double> = 0.68...0.92,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var generator = Philox(seed: 12)
    let fit = try Law.fit(law.samples(20_000, using: &generator), confidence: 1 - 1e-7)
    #expect(Set(truth.keys).isSubset(of: fit.parameters.map(\.name)), sourceLocation: sourceLocation)
    for (name, value) in truth {
      let estimate = try #require(fit[name])
      #expect(estimate.interval.contains(value), "\(law): \(estimate)", sourceLocation: sourceLocation)
      #expect(estimate.interval.contains(estimate.value), "\(law): \(estimate)", sourceLocation: sourceLocation)
      #expect(
        abs(estimate.value - value) < 0.1 * abs(value) + 0.02, "\(law): \(estimate)", sourceLocation: sourceLocation)
    }
    var held: [String: Double] = [:]
    for _ in 0..<300 {
      let fit = try Law.fit(law.samples(count, using: &generator), confidence: 0.8)
      for (name, value) in truth where fit[name]?.interval.contains(value) == true { held[name, default: 0] += 1 / 300 }
    }
    for name in truth.keys {
      let share = held[name] ?? 0
      #expect(
        coverage.contains(share), "\(law): the interval of \(name) holds it in \(share)", sourceLocation: sourceLocation
      )
    }
  }

  @Test func parametersAreRecovered() throws {
    try recover(try Poisson(rate: 3), ["rate": 3])
    try recover(try Exponential(rate: 0.2), ["rate": 0.2])
    try recover(try Gamma(shape: 2.5, rate: 4), ["shape": 2.5, "rate": 4])
    try recover(try Erlang(shape: 3, rate: 4), ["shape": 3], coverage: 0.68...1)
    try recover(try Normal(mean: 5, standardDeviation: 0.3), ["mean": 5, "standardDeviation": 0.3])
    try recover(try LogNormal(logMean: 1, logDeviation: 0.5), ["logMean": 1, "logDeviation": 0.5])
    try recover(try Uniform(from: -1, to: 4), ["lowerBound": -1, "upperBound": 4])
    try recover(try Bernoulli(probability: 0.3), ["probability": 0.3])
    try recover(try Geometric(probability: 0.2), ["probability": 0.2])
    try recover(
      try NegativeBinomial(successes: 2, probability: 0.2), ["successes": 2, "probability": 0.2], count: 300)
    try recover(try Beta(alpha: 2, beta: 5), ["alpha": 2, "beta": 5])
    try recover(
      try Categorical(weights: [1, 2, 1]),
      ["probability of 0": 0.25, "probability of 1": 0.5, "probability of 2": 0.25])
  }

  /// The likelihood is less on either side of the estimates.
  @Test func estimatesAreTheLikeliest() throws {
    var generator = Philox(seed: 13)
    let times = try Gamma(shape: 0.7, rate: 3).samples(500, using: &generator)
    let gamma = try Gamma.fit(times).distribution
    let counts = try NegativeBinomial(successes: 0.8, probability: 0.1).samples(500, using: &generator)
    let binomial = try NegativeBinomial.fit(counts).distribution
    let parts = try Beta(alpha: 0.4, beta: 3).samples(500, using: &generator)
    let beta = try Beta.fit(parts).distribution
    for (a, b) in [(1.001, 1.0), (0.999, 1), (1, 1.001), (1, 0.999)] {
      let others = (
        try Gamma(shape: gamma.shape * a, rate: gamma.rate * b),
        try NegativeBinomial(successes: binomial.successes * a, probability: binomial.probability * b),
        try Beta(alpha: beta.alpha * a, beta: beta.beta * b)
      )
      #expect(likelihood(gamma, times) > likelihood(others.0, times))
      #expect(likelihood(binomial, counts) > likelihood(others.1, counts))
      #expect(likelihood(beta, parts) > likelihood(others.2, parts))
    }

    func likelihood(_ law: some ContinuousDistribution, _ samples: [Double]) -> Double {
      samples.reduce(0) { $0 + law.logDensity(at: $1) }
    }
    func likelihood(_ law: some DiscreteDistribution, _ samples: [Int]) -> Double {
      samples.reduce(0) { $0 + law.logProbability(of: $1) }
    }
  }

  /// Published: Garwood's and Clopper and Pearson's limits of 95 % for 3 events, and for 3 of 10.
  @Test func exactIntervalsAreThePublishedOnes() throws {
    let events = try #require(Poisson.fit([3])["rate"])
    #expect(abs(events.interval.lowerBound - 0.618672) < 1e-6 && abs(events.interval.upperBound - 8.767273) < 1e-6)
    let none = try #require(Poisson.fit([0])["rate"])
    #expect(none.interval.lowerBound == 0 && abs(none.interval.upperBound - 3.688879) < 1e-6)
    let share = try #require(Binomial.fit([3], trials: 10)["probability"])
    #expect(abs(share.interval.lowerBound - 0.066740) < 1e-6 && abs(share.interval.upperBound - 0.652453) < 1e-6)
    // Student's t of 4 degrees: 2.776445.
    let mean = try #require(Normal.fit([1, 2, 3, 4, 5])["mean"])
    #expect(abs(mean.interval.upperBound - 3 - 2.776445105 * 0.5.squareRoot()) < 1e-8)
  }

  @Test func samplesThatDetermineNothingAreRefused() {
    #expect(throws: FitError.tooFewSamples(count: 0, needed: 1)) { try Poisson.fit([]) }
    #expect(throws: FitError.outsideSupport(index: 1, value: "-2", expected: "0 or more")) { try Poisson.fit([1, -2]) }
    #expect(throws: FitError.confidence(1)) { try Poisson.fit([1], confidence: 1) }
    #expect(throws: FitError.self) { try Exponential.fit([0, 0]) }
    #expect(throws: FitError.self) { try Exponential.fit([1, .nan]) }
    #expect(throws: FitError.self) { try Normal.fit([2, 2, 2]) }
    #expect(throws: FitError.self) { try Gamma.fit([2, 2, 2]) }
    #expect(throws: FitError.self) { try Beta.fit([0.5, 1]) }
    #expect(throws: FitError.self) { try Uniform.fit([3]) }
    #expect(throws: FitError.self) { try NegativeBinomial.fit([2, 2, 2, 3]) }
    #expect(throws: FitError.self) { try Binomial.fit([5], trials: 4) }
  }
}
