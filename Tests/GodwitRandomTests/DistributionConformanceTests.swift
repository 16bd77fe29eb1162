import GodwitRandom
import GodwitTestSupport
import Testing

/// Every distribution is enrolled by one line.
@Suite struct DistributionConformanceTests {
  @Test(arguments: [0.003, 0.7, 3, 9.99, 10, 31.5, 1000, 1e6, 1e15]) func poisson(rate: Double) throws {
    DistributionSuite(try Poisson(rate: rate)).run()
  }

  @Test(arguments: [1e-9, 3, 1e20]) func exponential(rate: Double) throws {
    DistributionSuite(try Exponential(rate: rate)).run()
  }

  @Test(arguments: [(0.2, 3.0), (1, 1), (2.5, 0.3), (40, 7), (1e6, 1e-3)]) func gamma(shape: Double, rate: Double)
    throws
  {
    DistributionSuite(try Gamma(shape: shape, rate: rate)).run()
  }

  @Test(arguments: [(1, 3.0), (4, 0.3), (1000, 7)]) func erlang(shape: Int, rate: Double) throws {
    DistributionSuite(try Erlang(shape: shape, rate: rate)).run()
  }

  @Test(arguments: [(0.0, 1.0), (-3, 1e-3), (1e5, 20)]) func normal(mean: Double, standardDeviation: Double) throws {
    DistributionSuite(try Normal(mean: mean, standardDeviation: standardDeviation)).run()
  }

  @Test(arguments: [(0.0, 0.5), (-3, 0.1), (100, 0.3)]) func logNormal(logMean: Double, logDeviation: Double) throws {
    DistributionSuite(try LogNormal(logMean: logMean, logDeviation: logDeviation)).run()
  }

  @Test(arguments: [(0.0, 1.0), (-7, 3), (1e10, 1e10 + 1)]) func uniform(lowerBound: Double, upperBound: Double) throws
  {
    DistributionSuite(try Uniform(from: lowerBound, to: upperBound)).run()
  }

  @Test(arguments: [1e-3, 0.5, 0.9]) func bernoulli(probability: Double) throws {
    DistributionSuite(try Bernoulli(probability: probability)).run()
  }

  @Test(arguments: [
    (1, 0.3), (7, 0.999), (20, 0.5), (100, 0.03), (1000, 0.003), (1000, 0.4), (1000, 0.95), (1_000_000_000, 0.3),
    (1_000_000_000_000_000, 1e-14), (1_000_000_000_000_000, 0.7),
  ]) func binomial(trials: Int, probability: Double) throws {
    DistributionSuite(try Binomial(trials: trials, probability: probability)).run()
  }

  @Test(arguments: [1e-12, 0.01, 0.5, 0.99]) func geometric(probability: Double) throws {
    DistributionSuite(try Geometric(probability: probability)).run()
  }

  @Test(arguments: [(0.3, 0.1), (1, 0.5), (5.5, 0.05), (1e4, 0.999), (200, 1e-6)])
  func negativeBinomial(successes: Double, probability: Double) throws {
    DistributionSuite(try NegativeBinomial(successes: successes, probability: probability)).run()
  }

  @Test(arguments: [(0.5, 1.5), (1, 1), (2, 3), (0.2, 30), (400, 100), (1e6, 1e9)]) func beta(
    alpha: Double, beta: Double
  ) throws {
    DistributionSuite(try Beta(alpha: alpha, beta: beta)).run()
  }

  @Test(arguments: [[1.0], [1, 2, 3, 4], [0, 5, 0, 1e-3], (1...1000).map { 1 / Double($0) }])
  func categorical(weights: [Double]) throws {
    DistributionSuite(try Categorical(weights: weights)).run()
  }
}

/// A Poisson law of rate 3 with a fault.
private struct FaultyCounts: DiscreteDistribution {
  enum Fault: CaseIterable {
    case none, cdf, survival, quantile, mass, logMass, outside, mean, variance, skewness, kurtosis, samples, fill, state
  }

  let fault: Fault
  let law: Poisson

  var support: ClosedRange<Int> { law.support }
  func probability(of value: Int) -> Double {
    if fault == .outside && value < 0 { return 1e-3 }
    return law.probability(of: value) * (fault == .mass ? 1 + 1e-9 : 1)
  }
  func logProbability(of value: Int) -> Double { law.logProbability(of: value) * (fault == .logMass ? 1 + 1e-9 : 1) }
  func cdf(_ x: Double) -> Double { law.cdf(x) * (fault == .cdf && x < 4 ? 1 + 1e-9 : 1) }
  func survival(_ x: Double) -> Double { law.survival(x) * (fault == .survival ? 1 + 1e-9 : 1) }
  func quantile(_ probability: Double) -> Int {
    law.quantile(probability) + (fault == .quantile && probability == 0.5 ? 1 : 0)
  }
  var mean: Double { law.mean * (fault == .mean ? 1.0001 : 1) }
  var variance: Double { law.variance * (fault == .variance ? 1.0001 : 1) }
  var skewness: Double { law.skewness * (fault == .skewness ? 1.001 : 1) }
  var excessKurtosis: Double { law.excessKurtosis * (fault == .kurtosis ? 1.01 : 1) }
  func sample(using generator: inout some RandomNumberGenerator) -> Int {
    if fault == .state { return Int.random(in: 0..<9) }
    let value = law.sample(using: &generator)
    return fault == .samples && value == 2 && generator.next() % 10 == 0 ? 3 : value
  }
  func fill(_ target: UnsafeMutableBufferPointer<Int>, using generator: inout some RandomNumberGenerator) {
    law.fill(target, using: &generator)
    if fault != .fill { return }
    for index in target.indices where index % 10 == 0 && target[index] == 2 { target[index] = 3 }
  }
}

/// A normal law with a fault.
private struct FaultyNumbers: ContinuousDistribution {
  enum Fault: CaseIterable {
    case none, cdf, survival, quantile, density, logDensity, mean, variance, skewness, kurtosis, samples, state
  }

  let fault: Fault
  let law: Normal

  var support: ClosedRange<Double> { law.support }
  func density(at x: Double) -> Double { law.density(at: x) * (fault == .density ? 1 + 1e-9 : 1) }
  func logDensity(at x: Double) -> Double { law.logDensity(at: x) * (fault == .logDensity ? 1 + 1e-9 : 1) }
  func cdf(_ x: Double) -> Double { law.cdf(x) * (fault == .cdf && x < 4 ? 1 + 1e-9 : 1) }
  func survival(_ x: Double) -> Double { law.survival(x) * (fault == .survival ? 1 + 1e-9 : 1) }
  func quantile(_ probability: Double) -> Double { law.quantile(probability) * (fault == .quantile ? 1 + 1e-9 : 1) }
  var mean: Double { law.mean + (fault == .mean ? 0.0001 : 0) }
  var variance: Double { law.variance * (fault == .variance ? 1.0001 : 1) }
  var skewness: Double { law.skewness + (fault == .skewness ? 0.001 : 0) }
  var excessKurtosis: Double { law.excessKurtosis + (fault == .kurtosis ? 0.01 : 0) }
  func sample(using generator: inout some RandomNumberGenerator) -> Double {
    if fault == .state { return Double.random(in: -1..<1) }
    return law.sample(using: &generator) * (fault == .samples ? 1.03 : 1)
  }
}

@Suite struct FaultyDistributionTests {
  @Test(arguments: FaultyCounts.Fault.allCases) private func countsAreFound(fault: FaultyCounts.Fault) throws {
    let violations = DistributionSuite(FaultyCounts(fault: fault, law: try Poisson(rate: 3))).violations()
    #expect(violations.isEmpty == (fault == .none), "\(fault): \(violations)")
  }

  @Test(arguments: FaultyNumbers.Fault.allCases) private func numbersAreFound(fault: FaultyNumbers.Fault) throws {
    let violations = DistributionSuite(FaultyNumbers(fault: fault, law: try Normal(mean: 1, standardDeviation: 2)))
      .violations()
    #expect(violations.isEmpty == (fault == .none), "\(fault): \(violations)")
  }
}
