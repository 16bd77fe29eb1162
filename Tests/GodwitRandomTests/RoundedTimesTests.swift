import GodwitRandom
import GodwitTestSupport
import Testing

/// Times that were rounded, before `PoissonTest`.
@Suite struct RoundedTimesTests {
  /// Times of a process of rate 1, rounded down.
  private static func times(_ count: Int, roundedTo unit: Double, using generator: inout Philox) throws -> [Double] {
    let gap = try Exponential(rate: 1)
    var time = 0.0
    return (0..<count).map { _ in
      time += gap.sample(using: &generator)
      return (time / unit).rounded(.down) * unit
    }
  }

  @Test(arguments: [0.02, 0.05, 0.1, 0.25, 1.0 / 3, 1, 2, 60])
  func theUnitIsFound(unit: Double) throws {
    var generator = Philox(seed: 41)
    for count in [1000, 3000] {
      let times = try Self.times(count, roundedTo: unit, using: &generator)
      // As seconds of an hour of our days, and as written with six digits.
      let written = times.map { ($0 * 1e6).rounded() / 1e6 }
      for times in [times, times.map { $0 + 1_714_521_600 }, written] {
        let found = try #require(PoissonTest.resolution(of: times))
        expectClose(found, unit, tolerance: 1e-3)
      }
    }
  }

  @Test func noUnitWhereNoTestSeesIt() throws {
    var generator = Philox(seed: 42)
    for unit in [1e-5, 1e-4] {
      #expect(PoissonTest.resolution(of: try Self.times(1000, roundedTo: unit, using: &generator)) == nil)
    }
    // Two of the times are one, and the others are no multiples of anything.
    let times = try PoissonProcess(rate: 1).times(in: 0..<100, using: &generator)
    #expect(PoissonTest.resolution(of: [times[0]] + times) == nil)
    // A clock that strikes: no tie speaks of rounding.
    #expect(PoissonTest.resolution(of: (0..<50).map(Double.init)) == nil)
    for times in [[], [1], [1, 1], [1, 1, 1]] as [[Double]] { #expect(PoissonTest.resolution(of: times) == nil) }
  }

  /// The share of rejections at 0.05 is 0.05; of the times as they are it may be 1.
  @Test(arguments: [(0.02, 1000), (0.1, 1000), (2, 1000), (0.05, 3000), (0.1, 40)])
  func spreadTimesAreAProcessAgain(unit: Double, count: Int) throws {
    var generator = Philox(seed: 43)
    var (raw, gaps, constancy): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<400 {
      let times = try Self.times(count, roundedTo: unit, using: &generator)
      raw.append(try PoissonTest.gaps(between: times).pValue)
      let spread =
        PoissonTest.resolution(of: times).map { PoissonTest.spread(times, within: $0, using: &generator) } ?? times
      gaps.append(try PoissonTest.gaps(between: spread).pValue)
      constancy.append(try PoissonTest.constancy(of: spread).pValue)
    }
    for values in [gaps, constancy] {
      let result = try kolmogorovSmirnov(values, against: Uniform(from: 0, to: 1))
      #expect(result.pValue > 1e-7, "\(result)")
      // Of 400 trials of probability 0.05, with a probability of 1 − 1e-7.
      #expect((3...48).contains(values.count { $0 < 0.05 }), "\(values.count { $0 < 0.05 })")
    }
    if unit * Double(count) >= 100 {
      #expect(try kolmogorovSmirnov(raw, against: Uniform(from: 0, to: 1)).pValue < 1e-7)
    }
  }

  @Test func spreadTimesStayInTheirUnit() {
    var generator = Philox(seed: 44)
    let spread = PoissonTest.spread([0, 0, 0, 5, 5, 10], within: 5, using: &generator)
    #expect(spread.map { ($0 / 5).rounded(.down) } == [0, 0, 0, 1, 1, 2])
    #expect(spread == spread.sorted() && Set(spread).count == 6)
  }
}
