import Foundation
import GodwitRandom
import Testing

/// The steps of discrete laws, and the centres of symmetric ones, to the last bit.
@Suite struct ExactStepTests {
  /// What is wrong at a step: the tails at k as they should be, and the quantiles of the step and of its neighbours.
  static func violations(_ law: some DiscreteDistribution, at k: Int, _ cdf: Double, _ survival: Double) -> [String] {
    var found: [String] = []
    if law.cdf(k) != cdf { found.append("\(law): cdf(\(k)) is \(law.cdf(k)), right is \(cdf)") }
    if law.survival(k) != survival {
      found.append("\(law): survival(\(k)) is \(law.survival(k)), right is \(survival)")
    }
    return found + quantileViolations(law, at: k, cdf)
  }

  /// The quantile of what is next above a step is the next value, that of the step and of what is next below it the value itself;
  /// unless the steps next to it are as near.
  static func quantileViolations(_ law: some DiscreteDistribution, at k: Int, _ cdf: Double) -> [String] {
    let (before, after) = (law.cdf(k - 1), k == law.support.upperBound ? 1 : law.cdf(k + 1))
    return [(cdf.nextDown, k), (cdf, k), (cdf.nextUp, k + 1)].compactMap { p, want in
      if p <= 0 || p >= 1 || p <= before || p > after { return nil }
      let got = law.quantile(p)
      return got == want ? nil : "\(law): quantile(\(p)) is \(got), right is \(want)"
    }
  }

  private func expectNone(_ found: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(found.isEmpty, "\(found.count): \(found.prefix(3))", sourceLocation: sourceLocation)
  }

  @Test func reportedCasesAreRight() throws {
    #expect(try NegativeBinomial(successes: 5, probability: 0.5).quantile(0.5) == 4)
    #expect(try Binomial(trials: 11, probability: 0.5).quantile(0.5) == 5)
    #expect(try Geometric(probability: 0.25).quantile(0.25) == 0)
    // e⁻⁵ is 0.006737946999085467097
    #expect(try Poisson(rate: 5).quantile(0.006737946999085468) == 1)
    #expect(try Poisson(rate: 5).quantile(0.006737946999085467) == 0)
  }

  /// Against whole numbers over powers of 2: a conversion of a whole number rounds once, and to even.
  @Test func stepsOfWholeNumbersAreExact() throws {
    var found: [String] = []
    for trials in 1...60 {
      let law = try Binomial(trials: trials, probability: 0.5)
      var (below, ways) = (UInt64(0), UInt64(1))  // C(n, k)
      for k in 0..<trials {
        below += ways
        found += Self.violations(law, at: k, fraction(below, trials), fraction(1 << UInt64(trials) - below, trials))
        ways = ways / UInt64(k + 1) * UInt64(trials - k) + ways % UInt64(k + 1) * UInt64(trials - k) / UInt64(k + 1)
        // At most k failures before the success r: at least r successes in k + r trials, of which there are as many as of
        // at most k failures.
        let successes = trials - k
        let waiting = try NegativeBinomial(successes: Double(successes), probability: 0.5)
        found += Self.violations(waiting, at: k, fraction(below, trials), fraction(1 << UInt64(trials) - below, trials))
      }
    }
    for trials in 1...30 {
      let (one, three) = (UInt64(1), try Geometric(probability: 0.25))
      let above = (0..<trials).reduce(one) { power, _ in 3 * power }
      found += Self.violations(
        three, at: trials - 1, fraction(1 << UInt64(2 * trials) - above, 2 * trials), fraction(above, 2 * trials))
      let half = try Geometric(probability: 0.5)
      found += Self.violations(
        half, at: trials - 1, fraction(1 << UInt64(trials) - 1, trials), fraction(1, trials))
      for p in [0.25, 0.75] {
        let law = try Bernoulli(probability: p)
        found += Self.violations(law, at: 0, 1 - p, p)
      }
    }
    expectNone(found)
  }

  private func fraction(_ numerator: UInt64, _ exponent: Int) -> Double {
    Double(sign: .plus, exponent: -exponent, significand: Double(numerator))
  }

  @Test func symmetricLawsAreHalvedByTheirCentre() throws {
    var found: [String] = []
    for r in Array(1...1000) + [5001, 100_000, 12_345_678, 1_000_000_000_000] {
      let law = try NegativeBinomial(successes: Double(r), probability: 0.5)
      found += Self.violations(law, at: r - 1, 0.5, 0.5)
      let trials = try Binomial(trials: 2 * r - 1, probability: 0.5)
      found += Self.violations(trials, at: r - 1, 0.5, 0.5)
      let (left, right) = (RandomWalk.fair.cdf(-1, after: 2 * r - 1), RandomWalk.fair.survival(0, after: 2 * r - 1))
      let log = RandomWalk.fair.logCDF(-1, after: 2 * r - 1)
      if left != 0.5 || right != 0.5 || log != -0x1.62e42fefa39efp-1 {
        found.append("the walk after \(2 * r - 1) steps: \(left), \(right), \(log)")
      }
    }
    for s in [1e-300, 1e-3, 0.1, 0.5, 1, 1.5, 2, 3.7, 10, 31.9, 32, 33.3, 1000, 1e6 / 3, 1e15] {
      let law = try Beta(alpha: s, beta: s)
      if law.cdf(0.5) != 0.5 || law.survival(0.5) != 0.5 || law.quantile(0.5) != 0.5 {
        found.append("\(law): \(law.cdf(0.5)), \(law.survival(0.5)), \(law.quantile(0.5))")
      }
    }
    for (mean, deviation) in [(0.0, 1.0), (-3, 1e-3), (1e5 / 3, 20)] {
      let law = try Normal(mean: mean, standardDeviation: deviation)
      if law.cdf(mean) != 0.5 || law.survival(mean) != 0.5 || law.quantile(0.5) != mean { found.append("\(law)") }
    }
    for width in [1.0, 6, 1e300, 0x1p-1070] {
      let law = try Uniform(from: -width, to: width)
      if law.cdf(0) != 0.5 || law.survival(0) != 0.5 || law.quantile(0.5) != 0 { found.append("\(law)") }
    }
    expectNone(found)
  }

  /// Against numbers of paths.
  @Test func fairWalksAreFractions() throws {
    for steps in 1...52 {
      // C(steps, u) is the number of paths to 2u − steps.
      let paths = (1...steps).reduce(into: [UInt64(1)]) { row, _ in
        row = zip([0] + row, row + [0]).map { $0 + $1 }
      }
      func count(_ isCounted: (Int) -> Bool) -> Double {
        fraction(paths.indices.reduce(0) { $0 + (isCounted(2 * $1 - steps) ? paths[$1] : 0) }, steps)
      }
      for place in 1...steps {
        let law = RandomWalk.fair
        #expect(law.cdf(place, after: steps) == count { $0 <= place }, "\(place) after \(steps)")
        #expect(law.survival(place, after: steps) == count { $0 > place }, "\(place) after \(steps)")
        // A path that reaches the level ends at it or above it, or is the reflection of one that ends above it.
        let reaching = count { $0 >= place } + count { $0 > place }
        #expect(law.maximum(atLeast: place, in: steps) == reaching, "\(place) in \(steps)")
      }
    }
  }

  @Test func categoriesAreSharesOfTheirSum() throws {
    var found: [String] = []
    var generator = Philox(seed: 31)
    for count in [1, 2, 3, 4, 7, 10, 33, 100] {
      for _ in 0..<20 {
        let weights = (0..<count).map { _ in UInt64.random(in: 1...1000, using: &generator) }
        for weights in [weights, weights.map { _ in 1 }] {
          let (law, total) = (try Categorical(weights: weights.map(Double.init)), weights.reduce(0, +))
          var below: UInt64 = 0
          for (k, weight) in weights.enumerated() {
            below += weight
            let (cdf, survival) = (Double(below) / Double(total), Double(total - below) / Double(total))
            found += Self.violations(law, at: k, cdf, survival)
          }
        }
      }
    }
    expectNone(found)
  }

  /// Against mpmath; where the masses to add up are too many, a step, within the bound on the cdf, is taken as reached.
  @Test func stepsOfAllLawsAgree() throws {
    var (found, counts) = ([String](), [0, 0])
    for row in try GoldenTable("steps", columns: 7).rows {
      let (k, isRounded) = (Int(row[3]), row[6] == 1)
      counts[isRounded ? 1 : 0] += 1
      let law: any DiscreteDistribution =
        switch row[0] {
        case 0: try Poisson(rate: row[1])
        case 1: try Geometric(probability: row[1])
        case 2: try Binomial(trials: Int(row[1]), probability: row[2])
        default: try NegativeBinomial(successes: row[1], probability: row[2])
        }
      if isRounded {
        found += Self.violations(law, at: k, row[4], row[5])
      } else {
        for p in [row[4], row[4].nextDown] where law.quantile(p) != k {
          found.append("\(law): quantile(\(p)) is \(law.quantile(p)), right is \(k)")
        }
      }
    }
    #expect(counts[0] >= 20 && counts[1] >= 900, "\(counts)")
    expectNone(found)
  }

  @Test func violationsAreFound() throws {
    let law = try Binomial(trials: 3, probability: 0.5)
    #expect(Self.violations(law, at: 1, 0.5, 0.5).isEmpty)
    #expect(Self.violations(law, at: 1, 0.5.nextUp, 0.5).count == 2)
    #expect(Self.violations(law, at: 1, 0.5.nextDown, 0.5).count == 2)
    #expect(Self.violations(law, at: 1, 0.5, 0.5.nextUp).count == 1)
    #expect(Self.quantileViolations(law, at: 0, 0.5).count == 2)
  }
}
