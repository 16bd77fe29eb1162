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
    for unit in [1e-5, 1e-4, 2.5e-3] {
      #expect(PoissonTest.resolution(of: try Self.times(1000, roundedTo: unit, using: &generator)) == nil)
    }
    // Two of the times are one, and the others are no multiples of anything.
    let times = try PoissonProcess(rate: 1).times(in: 0..<100, using: &generator)
    #expect(PoissonTest.resolution(of: [times[0]] + times) == nil)
    // A clock that strikes: no tie speaks of rounding.
    #expect(PoissonTest.resolution(of: (0..<50).map(Double.init)) == nil)
    for times in [[], [1], [1, 1], [1, 1, 1]] as [[Double]] { #expect(PoissonTest.resolution(of: times) == nil) }
  }

  /// Clocks that strike: each is as far from Poisson as can be, and stays so, as no unit is put in the place of its times.
  @Test func aClockIsNotRounded() throws {
    var generator = Philox(seed: 45)
    let day = 86_400.0
    let backup: [Double] = zip(0..<8, [3.0, 1, 4, 1, 5, 9, 2, 6]).map { day * Double($0) + $1 }
    func jitter(_ count: Int, every period: Double, within width: Double, to unit: Double) -> [Double] {
      (0..<count).map { (Double($0) * period + width * generator.unit()) / unit }.map { $0.rounded() * unit }
    }
    let clocks: [[Double]] = [
      backup, backup.map { $0 / 3600 }, backup.map { $0 + 1_714_521_600 }, jitter(8, every: 3600, within: 20, to: 1),
      jitter(5, every: day, within: 30, to: 1), jitter(30, every: 60, within: 0.5, to: 1e-3),
      jitter(12, every: 7 * day, within: 300, to: 60), (0..<7).map { day * Double($0) },
      (0..<12).map { 900 * Double($0) + Double($0 % 3) },
      // Two jobs at each stroke, and five.
      (0..<40).map { day * Double($0 / 2) }, (0..<100).map { Double($0 / 5) },
    ]
    for times in clocks {
      #expect(PoissonTest.resolution(of: times) == nil, "\(times.prefix(4))")
      #expect(try PoissonTest.gaps(between: times).pValue < 1e-3, "\(times.prefix(4))")
    }
    // Few strokes on the minute may be rounded, but not where seconds are written.
    let strokes: [Double] = [0, 60, 120, 180]
    #expect(PoissonTest.resolution(of: strokes) == 60 && PoissonTest.resolution(of: strokes, writtenTo: 60) == 60)
    #expect(PoissonTest.resolution(of: strokes, writtenTo: 1) == nil)
    #expect(PoissonTest.resolution(of: [0, 60, 60, 120, 300], writtenTo: 1) == 60)
  }

  /// The share of rejections at 0.05 is 0.05; of the times as they are it may be 1.
  @Test(arguments: [(0.02, 1000), (0.1, 1000), (2, 1000), (0.05, 3000), (0.1, 40), (0.0015, 3000), (0.01, 60)])
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

extension Philox {
  fileprivate mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }
}
