import GodwitRandom
import GodwitTestSupport
import RealModule
import Testing

@Suite struct PoissonProcessTests {
  // MARK: The exponential gap

  @Test(arguments: [1e-3, 0.7, 12]) func aWaitHasNoMemory(rate: Double) throws {
    let law = try Exponential(rate: rate)
    for (s, t) in [(0.1, 0.4), (3, 0.25), (20, 20)] {
      let (waited, further) = (law.survival(s + t) / law.survival(s), law.survival(t))
      expectClose(waited, further, tolerance: 1e-13 * max(1, rate * (s + t)))
    }
  }

  /// The wait from a time on does not depend on what happened before: here, on an event just then or none for long.
  @Test func theWaitIsTheSameAfterAnyPast() throws {
    var generator = Philox(seed: 5)
    let process = try PoissonProcess(rate: 1)
    var (afterQuiet, afterBusy): ([Double], [Double]) = ([], [])
    for _ in 0..<20_000 {
      let times = process.times(in: 0..<30, using: &generator)
      guard let next = times.first(where: { $0 >= 2 }) else { continue }
      if times.contains(where: { $0 < 2 }) { afterBusy.append(next - 2) } else { afterQuiet.append(next - 2) }
    }
    #expect(afterQuiet.count > 2000 && afterBusy.count > 15_000)
    for waits in [afterQuiet, afterBusy] {
      #expect(try kolmogorovSmirnov(waits, against: Exponential(rate: 1)).pValue > 1e-7)
    }
  }

  // MARK: Processes

  @Test func countsHaveThePoissonLaw() throws {
    let process = try PoissonProcess(rate: 3)
    #expect(abs(try process.count(in: 0..<2).probability(of: 0) - 0.0024787522) < 5e-11)
    #expect(abs(try process.count(in: 7..<8).probability(of: 3) - 0.2240418) < 5e-8)
    #expect(throws: ParameterError.self) { try PoissonProcess(rate: 1e300).count(in: 0..<1) }
  }

  @Test func ratesAddAndAreShared() throws {
    let process = try PoissonProcess(rate: 3).superposed(with: PoissonProcess(rate: 1.5))
    #expect(process.rate == 4.5)
    #expect(try process.thinned(keeping: 0.5).rate == 2.25)
    #expect(throws: ParameterError.self) { try process.thinned(keeping: 1.5) }
    #expect(throws: ParameterError.self) {
      try PoissonProcess(rate: 1e308).superposed(with: PoissonProcess(rate: 1e308))
    }
  }

  @Test(arguments: [-1, .nan, .infinity]) func badRatesAreRefused(rate: Double) {
    for make in [
      { _ = try PoissonProcess(rate: rate) }, { _ = try InhomogeneousPoissonProcess(bound: rate) { _ in 1 } },
    ] as [() throws -> Void] {
      #expect { try make() } throws: { "\($0)".hasSuffix("is \(rate), expected 0 or more and finite") }
    }
  }

  @Test func atARateOfNothingNothingHappens() throws {
    var generator = Philox(seed: 1)
    let process = try PoissonProcess(rate: 0)
    #expect(process.times(in: 0..<1e300, using: &generator).isEmpty)
    #expect(process.times(of: 0, in: 2..<2, using: &generator).isEmpty)
    #expect(process.times(of: 3, in: 0..<1, using: &generator).count == 3)
  }

  @Test(arguments: [-0.5, 9, .nan, .infinity]) func anIntensityOutsideItsBoundsIsAnError(value: Double) throws {
    var generator = Philox(seed: 2)
    let process = try InhomogeneousPoissonProcess(bound: 8) { $0 < 1 ? 2 : value }
    #expect(!(try process.times(in: 0..<1, using: &generator)).isEmpty)
    do {
      _ = try process.times(in: 0..<3, using: &generator)
      Issue.record("no error")
    } catch {
      guard case .outsideBound(let time, let intensity, 8) = error else { throw error }
      #expect(time >= 1 && time < 3 && (intensity == value || value.isNaN && intensity.isNaN))
      #expect("\(error)" == "the intensity at the time \(time) is \(value), expected 0 to the bound 8.0")
    }
  }

  @Test func aTimeChangeThatContradictsItselfIsAnError() throws {
    var generator = Philox(seed: 3)
    let falling = TimeChangedPoissonProcess(cumulatedIntensity: { -$0 }, inverse: { -$0 })
    #expect(throws: IntensityError.notAscending(lower: 0, upper: -9, window: 0..<9)) {
      try falling.times(in: 0..<9, using: &generator)
    }
    let endless = TimeChangedPoissonProcess(cumulatedIntensity: { 1 / (1 - $0) }, inverse: { 1 - 1 / $0 })
    #expect(throws: IntensityError.self) { try endless.times(in: 0..<1, using: &generator) }
    let wrong = TimeChangedPoissonProcess(cumulatedIntensity: { $0 * $0 }, inverse: { $0 })
    #expect { try wrong.times(in: 0..<9, using: &generator) } throws: {
      guard case .notInverse(let cumulated, let time, let found)? = $0 as? IntensityError else { return false }
      return time == cumulated && found == time * time && "\($0)".contains("leads from \(cumulated)")
    }
  }

  @Test func marksAreSharedOutByTheirLaw() throws {
    var generator = Philox(seed: 4)
    let marked = MarkedProcess(try PoissonProcess(rate: 2), marks: try Bernoulli(probability: 0.25))
    let events = try marked.events(in: 0..<20_000, using: &generator)
    let rare = events.count { $0.mark == 1 }
    let law = try Binomial(trials: events.count, probability: 0.25)
    #expect(min(law.cdf(Double(rare)), law.survival(Double(rare) - 1)) > 1e-7)
    #expect(events.map(\.time) == events.map(\.time).sorted())
    #expect(try marked.process(ofMark: 1).rate == 0.5)
  }

  @Test func superposedEventsSayWhereTheyComeFrom() throws {
    var (generator, copy) = (Philox(seed: 6), Philox(seed: 6))
    let parts = [try PoissonProcess(rate: 2), try PoissonProcess(rate: 1)]
    let events = try SuperposedProcess(parts).events(in: 0..<50, using: &generator)
    for (index, part) in parts.enumerated() {
      #expect(events.filter { $0.mark == index }.map(\.time) == part.times(in: 0..<50, using: &copy))
    }
  }

  // MARK: Sums over events

  /// Beside Σ P(N = n) P(Y₁ + … + Yₙ = k), the convolutions written out.
  @Test(arguments: [0.0, 0.3, 4, 30]) func compoundLawIsThatOfConvolutions(mean: Double) throws {
    let sum = CompoundPoisson(events: try Poisson(rate: mean), marks: try Categorical(weights: [2, 5, 0, 3]))
    let terms = 150
    let law = sum.law(terms: terms)
    var (power, expected) = (
      PowerSeries([1] + [Double](repeating: 0, count: terms - 1)), [Double](repeating: 0, count: terms)
    )
    let marks = PowerSeries((0..<terms).map(sum.marks.probability(of:)))
    for count in 0..<200 {
      let weight = sum.events.probability(of: count)
      for k in 0..<terms { expected[k] += weight * power.coefficients[k] }
      power = power * marks
    }
    for k in 0..<terms { #expect(abs(law[k] - expected[k]) < 1e-15) }
    let moment = { (power: Int) in (0..<terms).reduce(0) { $0 + .pow(Double($1), power) * law[$1] } }
    #expect(abs(sum.mean - mean * 1.4) < 1e-12 && abs(sum.variance - mean * 3.2) < 1e-12)
    #expect(abs(moment(1) - sum.mean) < 1e-9 && abs(moment(2) - sum.mean * sum.mean - sum.variance) < 1e-7)
    #expect(sum.law(terms: 0).isEmpty)
  }

  /// Geometric marks from 1 on: P(S = k) = Σ_n P(N = n) C(k − 1, n − 1) pⁿ qᵏ⁻ⁿ; of a mean at which e^(−μ) underflows.
  @Test func aGreatMeanDoesNotUnderflow() throws {
    let sum = CompoundPoisson(events: try Poisson(rate: 2000), marks: try Bernoulli(probability: 0.5))
    let (law, thinned) = (sum.law(terms: 1300), try Poisson(rate: 1000))
    for k in stride(from: 300, to: 1300, by: 20) {
      #expect(abs(law[k] - thinned.probability(of: k)) < 3e-12 * thinned.probability(of: k), "\(k)")
    }
  }

  @Test func sumsOfMarksAreSampled() throws {
    var generator = Philox(seed: 7)
    let whole = CompoundPoisson(events: try Poisson(rate: 3), marks: try Geometric(probability: 0.4))
    let law = whole.law(terms: 60)
    var counts = [Double](repeating: 0, count: 12)
    for _ in 0..<40_000 { counts[min(whole.sample(using: &generator), 11)] += 1 }
    let masses = law[..<11] + [1 - law[..<11].reduce(0, +)]
    var statistic = 0.0
    for (count, mass) in zip(counts, masses) {
      let expected = 40_000 * mass
      statistic += (count - expected) * (count - expected) / expected
    }
    #expect(incompleteGamma(11.0 / 2, statistic / 2).upper > 1e-7)

    // Normal marks: given the number of events, the sum is normal.
    let real = CompoundPoisson(events: try Poisson(rate: 4), marks: try Normal(mean: 1, standardDeviation: 2))
    #expect(real.mean == 4 && real.variance == 20)
    let positives = (0..<40_000).count { _ in real.sample(using: &generator) > 0 }
    var share = 0.0
    for n in 1..<60 {
      share += real.events.probability(of: n) * normalTails(Double(n).squareRoot() / 2).lower
    }
    let positive = try Binomial(trials: 40_000, probability: share)
    #expect(min(positive.cdf(Double(positives)), positive.survival(Double(positives) - 1)) > 0.5e-7)
  }

  // MARK: Many unlikely trials

  @Test func lawOfSmallNumbers() throws {
    let law = try Binomial(trials: 1000, probability: 0.003)
    #expect(abs(law.probability(of: 3) - 0.2243786) < 5e-8)
    let small = try LawOfSmallNumbers(law)
    #expect(abs(small.limit.probability(of: 3) - 0.2240418) < 5e-8 && small.limit.rate == law.mean)
    // Σ p² / λ = p.
    #expect(abs(small.bound - 0.003) < 1e-17)
    // Half the sum of the differences, to 12 digits by mpmath.
    #expect(abs(small.distance - 0.00075154394172810650) < 1e-14)
    let one = try LawOfSmallNumbers(probabilities: [Double](repeating: 0.003, count: 1000))
    #expect(abs(one.distance - small.distance) < 1e-14 && abs(one.bound - small.bound) < 1e-15)
  }

  /// One trial: |1 − p − e^(−p)| at 0, and at 1 as much and what is above 1, p (1 − e^(−p)) in all.
  @Test(arguments: [0.0, 1e-3, 0.3, 1]) func distanceOfOneTrial(p: Double) throws {
    let small = try LawOfSmallNumbers(probabilities: [p])
    #expect(abs(small.distance + p * .expMinusOne(-p)) < 1e-16 && abs(small.bound - p * p) < 1e-16)
  }

  @Test func theBoundHoldsForUnequalTrials() throws {
    var generator = Philox(seed: 8)
    for count in [2, 10, 100, 400] {
      let probabilities = (0..<count).map { _ in Double.random(in: 0..<0.2, using: &generator) }
      let small = try LawOfSmallNumbers(probabilities: probabilities)
      // Barbour and Hall's lower bound is a 32nd of the upper one.
      #expect(small.distance <= small.bound && small.distance >= small.bound / 32)
    }
    #expect(throws: ParameterError.self) { try LawOfSmallNumbers(probabilities: [0.5, -0.1]) }
    #expect(throws: ParameterError.self) { try LawOfSmallNumbers(probabilities: [.nan]) }
  }

  @Test func exponentialOfASeries() {
    let terms = 20
    let exponential = PowerSeries([0, 1] + [Double](repeating: 0, count: terms - 2)).exponential()
    for k in 0..<terms { #expect(abs(exponential.coefficients[k] * .gamma(Double(k) + 1) - 1) < 1e-14) }
    // exp(ln 2 + α ln(1 + x)) = 2 (1 + x)^α.
    let logarithm = (0..<terms).map { k -> Double in
      if k == 0 { return .log(2) }
      return (k % 2 == 0 ? -0.5 : 0.5) / Double(k)
    }
    let root = PowerSeries([1, 1] + [Double](repeating: 0, count: terms - 2)).power(0.5)
    for (a, b) in zip(PowerSeries(logarithm).exponential().coefficients, root.coefficients) {
      #expect(abs(a - 2 * b) < 1e-15)
    }
    #expect(PowerSeries([]).exponential().terms == 0)
  }
}
