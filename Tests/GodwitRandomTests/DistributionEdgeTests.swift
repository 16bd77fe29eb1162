import Foundation
import GodwitRandom
import Testing

/// Every law at the ends of its parameters, asked for what is at the ends of float64: nothing traps, nothing hangs, and what comes
/// is in order.
@Suite struct DistributionEdgeTests {
  static let least = Double.leastNonzeroMagnitude
  static let greatest = Double.greatestFiniteMagnitude
  static let justBelowOne = 1 - 0x1p-53

  static func counts() throws -> [any DiscreteDistribution] {
    var laws: [any DiscreteDistribution] = []
    for rate in [0, least, 1e-300, 0.5, 9.99, 10, 1e15] { laws.append(try Poisson(rate: rate)) }
    for p in [0, least, 1e-300, 1e-15, 0.5, justBelowOne, 1] {
      laws.append(try Bernoulli(probability: p))
      for trials in [0, 1, 2, 1000, 1_000_000_000_000_000] { laws.append(try Binomial(trials: trials, probability: p)) }
      if p >= 1e-15 { laws.append(try Geometric(probability: p)) }
      for successes in [1e-300, 1e-3, 1, 31.9, 1e6, 1e15] {
        if let law = try? NegativeBinomial(successes: successes, probability: p) { laws.append(law) }
      }
    }
    laws.append(try NegativeBinomial(successes: 1e-3, probability: 1.001e-18))
    laws.append(try Categorical(weights: [1]))
    laws.append(try Categorical(weights: [0, 0, least, 1, 0]))
    laws.append(try Categorical(weights: [1e307, 0, 1e307]))
    return laws
  }

  static func numbers() throws -> [any ContinuousDistribution] {
    var laws: [any ContinuousDistribution] = []
    for rate in [least, 1e-300, 1, 1e300, greatest] {
      laws.append(try Exponential(rate: rate))
      for shape in [1e-300, 1e-3, 0.999, 1, 31.9, 1e15] { laws.append(try Gamma(shape: shape, rate: rate)) }
      for shape in [1, 32, 1_000_000_000_000_000] { laws.append(try Erlang(shape: shape, rate: rate)) }
    }
    for mean in [-greatest, -1, 0, 1e-300, greatest] {
      for deviation in [least, 1e-300, 1, greatest] {
        laws.append(try Normal(mean: mean, standardDeviation: deviation))
        laws.append(try LogNormal(logMean: mean, logDeviation: deviation))
      }
    }
    for alpha in [1e-300, 1e-3, 1, 31.9, 1e15] {
      for beta in [1e-300, 1e-3, 1, 31.9, 1e15] { laws.append(try Beta(alpha: alpha, beta: beta)) }
    }
    laws.append(try Uniform(from: 0, to: least))
    laws.append(try Uniform(from: -greatest / 2, to: greatest / 2))
    laws.append(try Uniform(from: 1, to: 1.nextUp))
    return laws
  }

  static let probabilities = [
    0, least, 1e-300, 1e-16, 1e-3, 0.3, 0.5, 0.5.nextUp, 0.9, 1 - 1e-9, 1 - 0x1p-51, justBelowOne, 1,
  ]
  static let places = [
    -.infinity, -greatest, -1, -least, 0, least, 1e-300, 0.3, 1, 1.5, 1e9, 1e15, 0x1p53, 0x1p62, 0x1p63, 1e300,
    greatest, .infinity,
  ]

  @Test func tailsAreInOrder() throws {
    for law in try Self.counts() { expectTails(law) }
    for law in try Self.numbers() { expectTails(law) }
  }

  private func expectTails(_ law: some Distribution) {
    var previous = 0.0
    for x in Self.places {
      let (cdf, survival) = (law.cdf(x), law.survival(x))
      #expect(cdf >= previous && cdf <= 1 && abs(cdf + survival - 1) <= 0x1p-52, "\(law) at \(x): \(cdf), \(survival)")
      previous = cdf
    }
    #expect(law.cdf(-.infinity) == 0 && law.survival(-.infinity) == 1, "\(law)")
    #expect(law.cdf(.infinity) == 1 && law.survival(.infinity) == 0, "\(law)")
    #expect(law.cdf(.nan).isNaN && law.survival(.nan).isNaN, "\(law)")
  }

  @Test func massesAreProbabilities() throws {
    for law in try Self.counts() {
      for value in [Int.min, -1, 0, 1, 2, 1000, 1_000_000_000_000_000, 1 << 53, .max] {
        let (mass, log) = (law.probability(of: value), law.logProbability(of: value))
        #expect(mass >= 0 && mass <= 1 && log <= 0, "\(law) of \(value): \(mass), \(log)")
        #expect(value >= 0 || (mass == 0 && log == -.infinity), "\(law) of \(value): \(mass), \(log)")
      }
    }
  }

  @Test func densitiesAreNotNegative() throws {
    for law in try Self.numbers() {
      for x in Self.places {
        let (density, log) = (law.density(at: x), law.logDensity(at: x))
        #expect(density >= 0 && !log.isNaN, "\(law) at \(x): \(density), \(log)")
        if abs(log) < 700 && x > -Self.greatest && x < Self.greatest {
          #expect(abs(Foundation.log(density) - log) <= 1e-11 * max(1, abs(log)), "\(law) at \(x): \(density), \(log)")
        }
      }
      #expect(law.density(at: .nan).isNaN && law.logDensity(at: .nan).isNaN, "\(law)")
    }
  }

  @Test func quantilesAreInOrder() throws {
    for law in try Self.counts() {
      expectQuantiles(law)
      for p in Self.probabilities.dropFirst().dropLast() {
        let value = law.quantile(p)
        #expect(law.cdf(Double(value)) >= p || value == .max, "\(law): \(value) is the quantile of \(p)")
        if value > law.support.lowerBound {
          #expect(law.cdf(Double(value).nextDown) < p, "\(law): \(value) is the quantile of \(p)")
        }
      }
    }
    for law in try Self.numbers() { expectQuantiles(law) }
  }

  private func expectQuantiles<Law: Distribution>(_ law: Law) {
    let values = Self.probabilities.map { law.quantile($0) }
    for (value, next) in zip(values, values.dropFirst()) { #expect(value <= next, "\(law): \(values)") }
    if law is Categorical { return }  // A category may have no weight.
    #expect(values[0] == law.support.lowerBound && values[values.count - 1] == law.support.upperBound, "\(law)")
    #expect(values.allSatisfy { law.support.contains($0) }, "\(law): \(values)")
  }

  @Test func samplesAreOfTheSupport() throws {
    var generator = Philox(seed: 21)
    for law in try Self.counts() { expectSamples(law, using: &generator) }
    for law in try Self.numbers() { expectSamples(law, using: &generator) }
  }

  private func expectSamples<Law: Distribution>(_ law: Law, using generator: inout Philox) {
    let samples = law.samples(2000, using: &generator)
    #expect(samples.allSatisfy { law.support.contains($0) }, "\(law)")
  }

  /// Where the scaled argument underflows and the argument does not.
  @Test func tinyShapesHaveTheirUnits() throws {
    let (small, unit) = (try Gamma(shape: 1e-3, rate: 1e-200), try Gamma(shape: 1e-3, rate: 1))
    // 10⁻⁴⁰⁰ to the power of 10⁻³
    #expect(abs(small.cdf(1e-200) / (unit.cdf(1e-200) * 0.630957344480193) - 1) < 1e-13)
    #expect(abs(small.quantile(small.cdf(1e-200)) / 1e-200 - 1) < 1e-12)
    #expect(abs(small.density(at: 1e-200) / (1e197 * small.cdf(1e-200)) - 1) < 1e-13)
  }

  /// Shapes that have few digits themselves, whose inverse is not finite.
  @Test func subnormalShapesTrapNothing() throws {
    let gamma = try Gamma(shape: Self.least, rate: 1)
    let beta = try Beta(alpha: Self.least, beta: Self.least)
    let counts = try NegativeBinomial(successes: Self.least, probability: 1e-15)
    for x in Self.places {
      _ = (gamma.cdf(x), gamma.density(at: x), beta.cdf(x), beta.density(at: x), counts.cdf(x))
    }
    for p in Self.probabilities { _ = (gamma.quantile(p), beta.quantile(p), counts.quantile(p)) }
    var generator = Philox(seed: 22)
    #expect(gamma.sample(using: &generator) == 0)
    let ones = beta.samples(10_000, using: &generator).count { $0 == 1 }
    #expect(abs(ones - 5000) < 270)  // 5.33 deviations of 50
    #expect(counts.sample(using: &generator) == 0)
  }

  /// Samples that are equal but for roundings.
  @Test func fitsOfNearlyEqualSamplesTrapNothing() {
    for x in [1e-300, 0.3, 0.5, 1 - 0x1p-50] {
      for samples in [[x, x.nextUp], [x, x, x * (1 + 1e-12)], [x, x * (1 + 1e-7), x]] {
        _ = (try? Beta.fit(samples), try? Gamma.fit(samples), try? LogNormal.fit(samples), try? Normal.fit(samples))
        _ = (try? Uniform.fit(samples), try? Exponential.fit(samples))
      }
    }
  }
}
