import GodwitRandom
import RealModule
import Testing

@Suite struct PoissonTestTests {
  // MARK: Known data

  /// Deaths by horse kicks in the Prussian army, in 200 years of a corps (Bortkiewicz 1898); values by SciPy.
  private static let kicks = zip([109, 65, 22, 3, 1], 0...).flatMap { [Int](repeating: $1, count: $0) }

  @Test func dispersionOfHorseKicks() throws {
    let result = try PoissonTest.dispersion(of: Self.kicks)
    #expect(abs(result.statistic - 199.31147540983608) < 1e-10 && result.degreesOfFreedom == 199)
    #expect(abs(result.pValue - 2 * 0.48044953149214153) < 1e-12)
  }

  @Test func frequenciesOfHorseKicks() throws {
    let (result, rate, classes) = try PoissonTest.frequencies(of: Self.kicks)
    #expect(classes.map(\.counts) == [0...0, 1...1, 2...Int.max] && classes.map(\.observed) == [109, 65, 26])
    for (got, want) in zip(classes.map(\.expected), [108.18674654, 66.47626578, 25.33698767]) {
      #expect(abs(got - want) < 1e-7)
    }
    #expect(abs(rate - 0.6144584980168053) < 1e-9 && result.degreesOfFreedom == 1)
    #expect(abs(result.statistic - 0.056246921187552604) < 1e-9 && abs(result.pValue - 0.8125293045971691) < 1e-9)
  }

  @Test func timesBesideSciPy() throws {
    let times = [0.3, 1.1, 1.9, 2.0, 4.4, 5.0, 7.7, 9.1]
    for (window, gaps, constancy) in [
      (0.0...10.0, (0.21, 0.8055698568413233), (0.3, 0.39011434020996105)),
      (nil, (0.25378787878787856, 0.7540023478246703), (0.30681818181818177, 0.526262015805073)),
    ] as [(ClosedRange<Double>?, (Double, Double), (Double, Double))] {
      for (result, want) in [
        (try PoissonTest.gaps(between: times, in: window), gaps),
        (try PoissonTest.constancy(of: times, in: window), constancy),
      ] {
        #expect(abs(result.statistic - want.0) < 1e-14 && abs(result.pValue - want.1) < 1e-12)
      }
    }
  }

  // MARK: What the probabilities are on Poisson data

  @Test func probabilitiesAreUniform() throws {
    var generator = Philox(seed: 21)
    let (process, law) = (try PoissonProcess(rate: 1), try Poisson(rate: 20))
    var found: [String: [Double]] = [:]
    for _ in 0..<3000 {
      let times = process.times(in: 0..<60, using: &generator)
      found["gaps", default: []].append(try PoissonTest.gaps(between: times, in: 0...60).pValue)
      found["constancy", default: []].append(try PoissonTest.constancy(of: times, in: 0...60).pValue)
      found["gaps inside", default: []].append(try PoissonTest.gaps(between: times).pValue)
      found["constancy inside", default: []].append(try PoissonTest.constancy(of: times).pValue)
      let counts = law.samples(60, using: &generator)
      found["dispersion", default: []].append(try PoissonTest.dispersion(of: counts).pValue)
      let many = law.samples(400, using: &generator)
      found["frequencies", default: []].append(try PoissonTest.frequencies(of: many).result.pValue)
    }
    #expect(found.count == 6)
    for (name, values) in found {
      let result = try kolmogorovSmirnov(values, against: Uniform(from: 0, to: 1))
      #expect(result.pValue > 1e-7, "\(name): \(result)")
    }
  }

  /// With the mean of the counts, or one degree of freedom more, the probabilities would not be uniform.
  @Test func theDegreesOfFreedomMatter() throws {
    var generator = Philox(seed: 22)
    let law = try Poisson(rate: 1)
    let wrong = try (0..<3000).map { _ in
      let result = try PoissonTest.frequencies(of: law.samples(400, using: &generator)).result
      return incompleteGamma(Double((result.degreesOfFreedom ?? 0) + 1) / 2, result.statistic / 2).upper
    }
    #expect(try kolmogorovSmirnov(wrong, against: Uniform(from: 0, to: 1)).pValue < 1e-7)
  }

  // MARK: What they are on other data

  @Test func clustersAreFound() throws {
    var generator = Philox(seed: 23)
    let times = try PoissonProcess(rate: 1).times(in: 0..<150, using: &generator)
      .flatMap { [$0, $0 + 0.01 * generator.openUnit(), $0 + 0.02] }.sorted()
    #expect(try PoissonTest.gaps(between: times).pValue < 1e-6)
    let counts = (0..<100).map { interval in times.count { Int($0 / 1.5) == interval } }
    #expect(try PoissonTest.dispersion(of: counts).pValue < 1e-6)
    #expect(try PoissonTest.frequencies(of: counts).result.pValue < 1e-6)
  }

  @Test func regularityIsFound() throws {
    var generator = Philox(seed: 24)
    let gap = try Erlang(shape: 6, rate: 6)
    var time = 0.0
    let times = (0..<300).map { _ -> Double in
      time += gap.sample(using: &generator)
      return time
    }
    #expect(try PoissonTest.gaps(between: times).pValue < 1e-6)
    let counts = (0..<100).map { interval in times.count { Int($0 / 3) == interval } }
    #expect(try PoissonTest.dispersion(of: counts).pValue < 1e-6)
    #expect(try PoissonTest.frequencies(of: counts).result.pValue < 1e-3)
  }

  @Test func aTrendIsFound() throws {
    var generator = Philox(seed: 25)
    let times = try InhomogeneousPoissonProcess(bound: 9) { 1 + $0 / 12.5 }.times(in: 0..<100, using: &generator)
    #expect(try PoissonTest.constancy(of: times, in: 0...100).pValue < 1e-6)
  }

  // MARK: Bad data

  @Test func badDataIsNamed() {
    for (expected, run) in [
      ("there is 1 count, needed are 2 or more", { _ = try PoissonTest.dispersion(of: [4]) }),
      ("count 1 is -2, expected 0 to 1e15", { _ = try PoissonTest.dispersion(of: [4, -2]) }),
      ("count 0 is \(Int.max), expected 0 to 1e15", { _ = try PoissonTest.frequencies(of: [.max, 0]) }),
      ("there are 0 events, needed are 1 or more", { _ = try PoissonTest.frequencies(of: [0, 0, 0]) }),
      (
        "of 4 intervals five are expected in 1 of the classes of counts, needed are 3 classes or more",
        { _ = try PoissonTest.frequencies(of: [1, 2, 3, 4]) }
      ),
      ("there are 2 event times, needed are 3 or more", { _ = try PoissonTest.gaps(between: [1, 2]) }),
      ("there are 0 event times, needed are 1 or more", { _ = try PoissonTest.gaps(between: [], in: 0...1) }),
      (
        "time 2 is 1.0, expected a number from the time before it on, 2.0",
        { _ = try PoissonTest.constancy(of: [0, 2, 1]) }
      ),
      ("time 1 is 2.0, expected one of 0.0...1.0", { _ = try PoissonTest.gaps(between: [0, 2], in: 0...1) }),
      (
        "the time watched is 2.0...2.0, expected a finite time above 0",
        { _ = try PoissonTest.constancy(of: [2, 2, 2]) }
      ),
    ] as [(String, () throws -> Void)] {
      #expect { try run() } throws: { "\($0)" == expected }
    }
    for time in [Double.nan, .infinity] {
      #expect(throws: PoissonTestError.self) { try PoissonTest.gaps(between: [0, 1, time]) }
    }
  }

  // MARK: Counting

  @Test func timesAreCounted() throws {
    let times = [0, 0.5, 1, 1, 2.9, 3, 6.5]
    #expect(try PoissonTest.counts(of: times, every: 1, in: 0...7) == [2, 2, 1, 1, 0, 0, 1])
    #expect(try PoissonTest.counts(of: times, every: 2, in: -1...7) == [2, 3, 1, 1])
    // The first and the last are the ends.
    #expect(try PoissonTest.counts(of: times, every: 2) == [3, 2, 0])
    #expect(try PoissonTest.counts(of: times, every: 8) == [])
    // A tenth of a length that is no whole number is there ten times.
    #expect(try PoissonTest.counts(of: [0.1, 0.5, 0.8], every: 0.07).count == 10)
    for width in [0, -1, .nan, .infinity, 1e-9] {
      #expect(throws: PoissonTestError.self) { try PoissonTest.counts(of: times, every: width) }
    }
  }

  /// Where hardly two events share an interval, χ² of the dispersion is far from its law.
  @Test func thinCountsAreDeclined() throws {
    var thin = [Int](repeating: 0, count: 200_000)
    for index in 0..<400 { thin[index * 499] = 1 }
    thin[1] = 2
    #expect {
      try PoissonTest.dispersion(of: thin)
    } throws: {
      "\($0)" == "of 402 events in 200000 intervals 0.4 pairs are expected to share one, needed are 10 or more: "
        + "count in a longer time"
    }
    // With ten pairs and more what is rejected at 0.01 is no more than twice that; of 1,500, with a probability of 1 − 1e-7.
    var generator = Philox(seed: 27)
    for (events, intervals) in [(60, 170), (200, 1900), (400, 7800)] {
      let rejected = try (0..<1500).count { _ in
        var counts = [Int](repeating: 0, count: intervals)
        for _ in 0..<events { counts[Int.random(in: 0..<intervals, using: &generator)] += 1 }
        return try PoissonTest.dispersion(of: counts).pValue < 0.01
      }
      #expect(rejected <= 61, "\(events) in \(intervals): \(rejected)")
    }
  }

  /// Times that coincide, or a watch that ends with an event, leave gaps of 0.
  @Test func gapsOfNothingAreAllowed() throws {
    let result = try PoissonTest.gaps(between: [0, 0, 1, 1, 1, 3], in: 0...3)
    #expect(result.pValue > 0 && result.statistic > 0.3)
  }

  @Test(arguments: [3e-3, 0.4, 3, 1e6]) func classesAreLargeEnough(rate: Double) throws {
    var generator = Philox(seed: 26)
    let counts = try Poisson(rate: rate).samples(rate < 0.01 ? 3_000_000 : 2000, using: &generator)
    let (result, fitted, classes) = try PoissonTest.frequencies(of: counts)
    #expect(classes.allSatisfy { $0.expected > 4.5 } && classes.map(\.observed).reduce(0, +) == counts.count)
    #expect(abs(classes.map(\.expected).reduce(0, +) - Double(counts.count)) < 1e-6)
    #expect(result.degreesOfFreedom == classes.count - 2 && result.pValue > 1e-7)
    #expect(abs(fitted - rate) < 6 * (rate / Double(counts.count)).squareRoot())
  }
}

extension Philox {
  fileprivate mutating func openUnit() -> Double { Double.random(in: 0..<1, using: &self) }
}
