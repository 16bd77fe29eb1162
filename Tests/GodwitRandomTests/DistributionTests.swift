import Foundation
import GodwitRandom
import Testing

@Suite struct DistributionTests {
  /// Numbers given to a number of decimals.
  private func expect(_ got: Double, _ want: Double, decimals: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      abs(got - want) <= 0.5 * pow(10, -Double(decimals)) * 1.0001, "got \(got), want \(want)",
      sourceLocation: sourceLocation)
  }

  @Test func eventsAtARate() throws {
    let births = try Poisson(rate: 3)
    let masses = [0.049787, 0.149361, 0.224042, 0.224042, 0.168031, 0.100819, 0.050409, 0.021604]
    for (k, mass) in masses.enumerated() { expect(births.probability(of: k), mass, decimals: 6) }
    expect(births.probability(of: 3), 0.2240418, decimals: 7)
    expect(births.survival(1), 0.8008517, decimals: 7)
    expect(try Poisson(rate: 6).probability(of: 0), 0.0024787522, decimals: 10)
    let calls = try Exponential(rate: 6)  // an hour; one in ten minutes
    expect(calls.survival(0.5), 0.0497871, decimals: 7)
    expect(try Poisson(rate: 4).survival(5), 0.2148696, decimals: 7)
    let visits = try Poisson(rate: 2)
    expect(visits.probability(of: 0), 0.1353353, decimals: 7)
    expect(visits.survival(4), 0.0526530, decimals: 7)
    #expect(births.mean == 3 && births.variance == 3)
  }

  @Test func gapsBetweenEvents() throws {
    let gap = try Exponential(rate: 3)
    expect(gap.cdf(0.25), 0.5276334, decimals: 7)
    expect(gap.cdf(0.5) - gap.cdf(0.25), 0.2492364, decimals: 7)
    expect(gap.quantile(0.5), 0.2310491, decimals: 7)
    // Without memory.
    for (s, t) in [(0.1, 0.2), (1, 0.01), (3, 2)] {
      #expect(abs(gap.survival(s + t) / gap.survival(s) / gap.survival(t) - 1) < 1e-14)
    }
  }

  @Test func smallNumbers() throws {
    expect(try Binomial(trials: 1000, probability: 0.003).probability(of: 3), 0.2243786, decimals: 7)
    // The total variation from the Poisson law falls as 1 / n.
    var distances: [Double] = []
    for trials in [10, 100, 1000, 10_000] {
      let (binomial, poisson) = (try Binomial(trials: trials, probability: 3 / Double(trials)), try Poisson(rate: 3))
      distances.append((0...60).reduce(0) { $0 + abs(binomial.probability(of: $1) - poisson.probability(of: $1)) / 2 })
    }
    #expect(abs(distances[2] / distances[3] - 10) < 0.05 && distances[0] > distances[1])
  }

  @Test func specialCasesAgree() throws {
    for x in [0.01, 0.7, 3, 20] {
      let exponential = try Exponential(rate: 0.8)
      #expect(abs(try Erlang(shape: 1, rate: 0.8).survival(x) / exponential.survival(x) - 1) < 1e-13)
      #expect(try Erlang(shape: 5, rate: 0.8).survival(x) == Gamma(shape: 5, rate: 0.8).survival(x))
      // Fewer than 5 events until x.
      #expect(abs(try Erlang(shape: 5, rate: 0.8).survival(x) / Poisson(rate: 0.8 * x).cdf(4) - 1) < 1e-13)
      #expect(
        abs(try Geometric(probability: 0.2).cdf(x) / NegativeBinomial(successes: 1, probability: 0.2).cdf(x) - 1)
          < 1e-13)
    }
    #expect(try Beta(alpha: 1, beta: 1).cdf(0.3) == 0.3)
    #expect(try Poisson(rate: 0).probability(of: 0) == 1 && Poisson(rate: 0).cdf(0) == 1)
    let sure = try Binomial(trials: 5, probability: 1)
    #expect(sure.probability(of: 5) == 1 && sure.cdf(4) == 0 && sure.quantile(0.3) == 5)
    #expect(try NegativeBinomial(successes: 2, probability: 1).cdf(0) == 1)
    var generator = Philox(seed: 4)
    #expect(sure.sample(using: &generator) == 5)
    #expect(try Poisson(rate: 0).sample(using: &generator) == 0)
    #expect(try Geometric(probability: 1).sample(using: &generator) == 0)
  }

  @Test func parametersOutOfRangeAreNamed() {
    for rate in [-1, .nan, .infinity, 2e15] {
      #expect(throws: ParameterError.self) { try Poisson(rate: rate) }
      #expect(throws: ParameterError.self) { try Exponential(rate: -abs(rate)) }
      #expect(throws: ParameterError.self) { try Gamma(shape: rate, rate: 1) }
      #expect(throws: ParameterError.self) { try Beta(alpha: 1, beta: rate) }
      #expect(throws: ParameterError.self) { try NegativeBinomial(successes: rate, probability: 0.5) }
    }
    for p in [-0.1, 1.1, .nan] {
      #expect(throws: ParameterError.self) { try Bernoulli(probability: p) }
      #expect(throws: ParameterError.self) { try Binomial(trials: 3, probability: p) }
      #expect(throws: ParameterError.self) { try Geometric(probability: p) }
      #expect(throws: ParameterError.self) { try NegativeBinomial(successes: 1, probability: p) }
    }
    #expect(throws: ParameterError.self) { try Binomial(trials: -1, probability: 0.5) }
    #expect(throws: ParameterError.self) { try Erlang(shape: 0, rate: 1) }
    #expect(throws: ParameterError.self) { try Gamma(shape: 1, rate: .infinity) }
    #expect(throws: ParameterError.self) { try Normal(mean: .nan, standardDeviation: 1) }
    #expect(throws: ParameterError.self) { try Normal(mean: 0, standardDeviation: 0) }
    #expect(throws: ParameterError.self) { try LogNormal(logMean: 0, logDeviation: -1) }
    #expect(throws: ParameterError.self) { try Uniform(from: 1, to: 1) }
    #expect(throws: ParameterError.self) { try Categorical(weights: []) }
    #expect(throws: ParameterError.self) { try Categorical(weights: [1, -1]) }
    #expect(throws: ParameterError.self) { try Categorical(weights: [0, 0]) }
    do { _ = try Poisson(rate: -2) } catch { #expect("\(error)" == "Poisson: rate is -2.0, expected 0 to 1e15") }
  }

  @Test func improperProbabilitiesStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = try Poisson(rate: 3).quantile(1.5) }
    await #expect(processExitsWith: .failure) { _ = try Normal().quantile(.nan) }
  }

  @Test func rangesOfValues() throws {
    let law = try Poisson(rate: 3)
    #expect(law.cdf(2) == law.cdf(2.0) && law.survival(2) == law.survival(2.0))
    #expect(abs(law.probability(of: 2...4) - (law.cdf(4) - law.cdf(1))) < 1e-15)
    #expect(law.probability(of: -7 ... -1) == 0 && law.probability(of: -3...0) == law.probability(of: 0))
    #expect(abs(law.probability(of: 0...Int.max) - 1) < 1e-15 && law.probability(of: Int.min...Int.max) == 1)
    // Deep in a tail, where a difference of values near 1 would have no digits.
    let great = try Poisson(rate: 1e6)
    let tail = great.probability(of: 1_010_000...1_020_000)
    let sum = (1_010_000...1_020_000).reduce(0) { $0 + great.probability(of: $1) }
    #expect(abs(tail - sum) < 1e-11 * sum && sum < 1e-20)
    let binomial = try Binomial(trials: 5, probability: 0.5)
    #expect(binomial.probability(of: 6...9) == 0 && abs(binomial.probability(of: 4...9) - 6.0 / 32) < 1e-15)
  }
}
