import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitRandom

@Suite struct BrownianMotionTests {
  /// Of independent normal values of mean 0 the sum is normal, and the sum of squares over their variance has a χ² law; one of
  /// 10⁷ experiments may be further out in either.
  private func expectNormal(
    _ values: [Double], variance: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let sum = normalTails(compensatedSum(values) / (Double(values.count) * variance).squareRoot())
    let squares = compensatedSum(values.lazy.map { $0 * $0 }) / variance
    let tails = incompleteGamma(Double(values.count) / 2, squares / 2)
    #expect(
      min(sum.lower, sum.upper, tails.lower, tails.upper) > 2.5e-8,
      "tails \(sum.lower) of the sum, \(tails.lower) of the squares", sourceLocation: sourceLocation)
  }

  /// Places less their means have the variances and, by the variances of sums and differences, the covariances of the law.
  private func expectCovariances(
    _ paths: [[Double]], _ covariance: (Int, Int) -> Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for i in paths[0].indices {
      for j in 0..<i {
        for sign in [-1.0, 1] {
          expectNormal(
            paths.map { $0[i] + sign * $0[j] },
            variance: covariance(i, i) + covariance(j, j) + 2 * sign * covariance(i, j),
            sourceLocation: sourceLocation)
        }
      }
    }
  }

  // MARK: Paths

  @Test func motion() throws {
    let motion = try BrownianMotion(drift: -0.7, volatility: 1.5)
    let times = [0, 0.1, 0.25, 0.25, 1, 7.5]
    var generator = Philox(seed: 41)
    let paths = (0..<20_000).map { _ in motion.path(at: times, using: &generator) }
    #expect(paths.allSatisfy { $0[0] == 0 && $0[2] == $0[3] })
    let used = [1, 2, 4, 5]
    expectCovariances(paths.map { path in used.map { path[$0] + 0.7 * times[$0] } }) {
      motion.covariance(times[used[$0]], times[used[$1]])
    }
    #expect(try BrownianMotion().covariance(0.3, 0.2) == 0.2)
    #expect(motion.law(after: 4).mean == -2.8 && motion.law(after: 4).standardDeviation == 3)
  }

  @Test func bridge() throws {
    let bridge = try BrownianBridge(
      from: .init(time: 1, place: 2), to: .init(time: 3, place: -1), volatility: 0.8)
    let times = [1, 1.2, 1.5, 2.9, 3, 3]
    var generator = Philox(seed: 42)
    let paths = (0..<20_000).map { _ in bridge.path(at: times, using: &generator) }
    #expect(paths.allSatisfy { $0[0] == 2 && $0[4] == -1 && $0[5] == -1 })
    expectCovariances(paths.map { path in (1...3).map { path[$0] - bridge.mean(at: times[$0]) } }) {
      bridge.covariance(times[$0 + 1], times[$1 + 1])
    }
    let unit = try BrownianBridge()
    #expect(unit.covariance(0.25, 0.5) == 0.125 && unit.covariance(0.75, 0.75) == 0.1875 && unit.mean(at: 0.4) == 0)
  }

  @Test func refinedBridge() throws {
    let bridge = try BrownianBridge(from: .init(time: 0, place: 1), to: .init(time: 4, place: 3), volatility: 0.5)
    var generator = Philox(seed: 43)
    let paths = (0..<20_000).map { _ in bridge.path(refinements: 3, using: &generator) }
    #expect(paths.allSatisfy { $0.count == 9 && $0[0] == 1 && $0[8] == 3 })
    expectCovariances(paths.map { path in (1...7).map { path[$0] - bridge.mean(at: Double($0) / 2) } }) {
      bridge.covariance(Double($0 + 1) / 2, Double($1 + 1) / 2)
    }
    // A finer path goes through the same places.
    var (coarse, fine) = (Philox(seed: 44), Philox(seed: 44))
    let places = bridge.path(refinements: 5, using: &coarse)
    let more = bridge.path(refinements: 7, using: &fine)
    #expect(places.indices.allSatisfy { places[$0] == more[4 * $0] })
    #expect(bridge.path(refinements: 0, using: &coarse) == [1, 3])
  }

  // MARK: Passages

  @Test func reaching() throws {
    // With forty digits, by mpmath.
    let cases: [(drift: Double, volatility: Double, level: Double, time: Double, want: Double)] = [
      (0, 1, 1, 1, 0.31731050786291410283),
      (0.5, 1, 2, 3, 0.5464181447269447552),
      (-0.5, 2, 1, 10, 0.74494287564765760185),
      (30, 1, 20, 0.5, 8.8061902632255458035e-13),
      (-3, 1, 20, 4, 3.0673148043948644955e-57),
      (1, 0.5, 3, 0.0625, 3.9957764739421347206e-122),
      (100, 1, 4, 0.03125, 4.1888347695797216549e-7),
    ]
    for (drift, volatility, level, time, want) in cases {
      let got = try BrownianMotion(drift: drift, volatility: volatility).probabilityOfReaching(level, within: time)
      expectClose(got, want, tolerance: 2e-14 * max(1, -log(want) / 10))
      // Mirrored.
      let mirrored = try BrownianMotion(drift: -drift, volatility: volatility)
      #expect(mirrored.probabilityOfReaching(-level, within: time) == got)
    }
    let away = try BrownianMotion(drift: -0.4, volatility: 2)
    #expect(abs(away.probabilityOfReaching(3) - exp(-0.6)) < 1e-15)
    #expect(abs(away.probabilityOfReaching(3, within: 1e6) - exp(-0.6)) < 1e-15)
    #expect(away.probabilityOfReaching(-3) == 1 && away.probabilityOfReaching(3, within: .infinity) == exp(-0.6))
    #expect(away.probabilityOfReaching(0, within: 1) == 1 && away.probabilityOfReaching(1, within: 0) == 0)
    #expect(away.maximum(atLeast: -1, within: 2) == 1)
    #expect(away.maximum(atLeast: 1, within: 2) == away.probabilityOfReaching(1, within: 2))
    // By reflection without drift.
    let fair = try BrownianMotion()
    #expect(abs(fair.maximum(atLeast: 1.3, within: 2) - 2 * fair.law(after: 2).survival(1.3)) < 1e-16)
  }

  @Test(arguments: [-0.8, 0, 0.3, 2]) func passageDensity(drift: Double) throws {
    let motion = try BrownianMotion(drift: drift, volatility: 1.2)
    for level in [-0.6, 1.5] {
      // From the least time on by intervals of doubling lengths.
      var (time, sum) = (0.001, motion.probabilityOfReaching(level, within: 0.001))
      while time < 50 {
        sum += time * GaussLegendre.integral { motion.firstPassageDensity(to: level, at: time * (1 + $0)) }
        time *= 2
        #expect(abs(sum - motion.probabilityOfReaching(level, within: time)) < 1e-14)
      }
    }
    #expect(motion.firstPassageDensity(to: 1, at: 0) == 0)
  }

  /// The inverse Gaussian law has the mean a / μ and the variance aσ² / μ³.
  @Test func meanPassage() throws {
    let (drift, volatility, level) = (1.6, 0.7, 2.0)
    let motion = try BrownianMotion(drift: drift, volatility: volatility)
    var (mean, square) = (0.0, 0.0)
    for part in 0..<200 {
      let start = Double(part) * 0.25
      mean +=
        0.25
        * GaussLegendre.integral {
          let time = start + 0.25 * $0
          return time * motion.firstPassageDensity(to: level, at: time)
        }
      square +=
        0.25
        * GaussLegendre.integral {
          let time = start + 0.25 * $0
          return time * time * motion.firstPassageDensity(to: level, at: time)
        }
    }
    #expect(abs(mean - level / drift) < 1e-13)
    #expect(abs(square - mean * mean - level * volatility * volatility / pow(drift, 3)) < 1e-13)
  }

  /// What an absorbing end takes is what has reached it.
  @Test func passagesByTheirEquation() throws {
    let motion = try BrownianMotion(drift: -0.5, volatility: 0.8)
    let errors = try [90, 180, 360].map { cells in
      var equation = try FokkerPlanck(
        on: -8...1, cells: cells, varianceRate: 0.64, ends: (.reflecting, .absorbing), start: 0, drift: { _, _ in -0.5 }
      )
      equation.advance(by: 2)
      return abs(equation.absorbed.upper - motion.probabilityOfReaching(1, within: 2))
    }
    #expect(errors[2] < 1e-4)
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(coarse / fine - 4) < 0.2, "\(errors)") }
  }

  // MARK: Walks of many steps

  @Test func maximumOfTheWalk() throws {
    let (walk, motion) = (try RandomWalk(), try BrownianMotion())
    // P(M ≥ r) is P(S ≥ r) + P(S > r), and so halfway between two places by itself: the error falls as 1 / n.
    let errors = [100, 400, 1600].map { steps in
      (0...steps).reduce(0.0) {
        let limit = motion.maximum(atLeast: Double($1), within: Double(steps))
        return max($0, abs(walk.maximum(atLeast: $1, in: steps) - limit))
      }
    }
    #expect(errors[0] < 0.0025)
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(coarse / fine - 4) < 0.05, "\(errors)") }
  }

  @Test func lastZeroOfTheWalk() throws {
    let (walk, arcsine) = (try RandomWalk(), try Beta(alpha: 0.5, beta: 0.5))
    let errors = [100, 400, 1600].map { steps in
      var (sum, greatest) = (0.0, 0.0)
      for time in stride(from: 0, through: steps, by: 2) {
        sum += walk.lastZero(at: time, in: steps)
        greatest = max(greatest, abs(sum - arcsine.cdf((Double(time) + 1) / Double(steps + 1))))
      }
      return greatest
    }
    // As 1 / √n, by the mass u₂ₙ of the time 0.
    #expect(errors[0] < 0.0162)
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(coarse / fine - 2) < 0.01, "\(errors)") }
  }

  @Test func passagesOfTheWalk() throws {
    let (walk, motion) = (try RandomWalk(), try BrownianMotion())
    let errors = [(6, 100), (12, 400), (24, 1600)].map { level, steps in
      let limit = 2 * motion.firstPassageDensity(to: Double(level), at: Double(steps))
      return abs(walk.firstPassage(to: level, after: steps) / limit - 1)
    }
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(coarse / fine - 4) < 0.05, "\(errors)") }
  }

  @Test func badParameters() async throws {
    for bad in [Double.nan, .infinity] {
      #expect(throws: ParameterError.self) { try BrownianMotion(drift: bad) }
      #expect(throws: ParameterError.self) { try BrownianMotion(volatility: bad) }
      #expect(throws: ParameterError.self) { try BrownianBridge(to: .init(time: bad, place: 0)) }
      #expect(throws: ParameterError.self) { try BrownianBridge(to: .init(time: 1, place: bad)) }
    }
    #expect(throws: ParameterError.self) { try BrownianMotion(volatility: 0) }
    #expect(throws: ParameterError.self) { try BrownianBridge(to: .init(time: 0, place: 1)) }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      _ = try BrownianMotion().path(at: [1, 0.5], using: &generator)
    }
    await #expect(processExitsWith: .failure) { _ = try BrownianBridge().mean(at: 1.5) }
  }
}
