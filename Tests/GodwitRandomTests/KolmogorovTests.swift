import GodwitRandom
import RealModule
import Testing

@Suite struct KolmogorovTests {
  /// Every number of values: exact ones, and those of the expansion.
  @Test func tailsAreExact() throws {
    var worst = (lower: 0.0, upper: 0.0)
    let rows = try GoldenTable("kolmogorov", columns: 4).rows
    for row in rows {
      let tails = kolmogorovTails(row[1], count: Int(row[0]))
      let (lower, upper) = (abs(tails.lower - row[2]), abs(tails.upper - row[3]))
      #expect(lower < 1e-10 && upper < 1e-10, "\(row): \(tails.lower), \(tails.upper)")
      worst.lower = max(worst.lower, lower)
      // The exact ways give small tails to their own digits.
      if row[0] > 25_000, row[0] * row[1] * row[1] < 3.84 { continue }
      #expect(upper < 1e-9 * row[3], "\(row): \(tails.upper)")
      worst.upper = max(worst.upper, upper / row[3])
    }
    print("Kolmogorov: \(rows.count) values, worst error \(worst.lower), of a tail relative \(worst.upper)")
    #expect(Set(rows.map { $0[0] }).count >= 20)
  }

  /// scipy.stats.kstwo of SciPy 1.17.1.
  @Test(arguments: [
    (1, 0.8, 0.3999999999999999),
    (2, 0.5, 0.5),
    (3, 0.45, 0.4584999999999999),
    (5, 0.3, 0.664),
    (10, 0.274, 0.3715203845434957),
    (10, 0.6, 0.0005681672000000003),
    (20, 0.1, 0.976255094592155),
    (50, 0.21, 0.020596236050697714),
    (100, 0.05, 0.9532159710635725),
    (100, 0.1, 0.2526927570063874),
    (100, 0.25, 5.408871776434847e-06),
    (140, 0.09, 0.1946946629845738),
    (1000, 0.1, 3.703687096817711e-09),
    (10000, 0.03, 2.9761211950626197e-08),
  ]) func agreesWithSciPy(count: Int, distance: Double, upper: Double) {
    #expect(abs(kolmogorovTails(distance, count: count).upper - upper) < 1e-10)
  }

  @Test(arguments: [1, 2, 30, 1000, 25_001, 10_000_000]) func theLawIsOneOnWhole(count: Int) {
    let n = Double(count)
    #expect(kolmogorovTails(0.5 / n, count: count).lower == 0 && kolmogorovTails(1, count: count).upper == 0)
    #expect(kolmogorovTails(.nan, count: count).upper.isNaN)
    // P(D < d) = n! (2d − 1/n)ⁿ where d is 1/n at most.
    let d = 0.8 / n
    let logarithm = Double.logGamma(n + 1) + n * .log(0.6 / n)
    #expect(abs(kolmogorovTails(d, count: count).lower - .exp(logarithm)) < 1e-13)
    // The ways of computing it meet.
    var last = 0.0
    for step in 0..<200 {
      let d = (0.3 + 0.01 * Double(step)) / n.squareRoot()
      let lower = kolmogorovTails(d, count: count).lower
      #expect(lower >= last - 1e-10)
      last = lower
    }
  }

  @Test func valuesAreComparedWithALaw() throws {
    let law = try Uniform(from: 0, to: 1)
    // The distance below 0.4 is 0.4, and above 0.9 it is 1/2 − 0.4 and 0.1.
    let result = try kolmogorovSmirnov([0.9, 0.4], against: law)
    #expect(abs(result.statistic - 0.4) < 1e-15)
    #expect(result.pValue == kolmogorovTails(result.statistic, count: 2).upper)
    #expect(throws: FitError.self) { try kolmogorovSmirnov([], against: law) }
    #expect(throws: FitError.self) { try kolmogorovSmirnov([0.5, .nan], against: law) }
  }
}
