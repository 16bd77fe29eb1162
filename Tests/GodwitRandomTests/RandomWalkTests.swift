import Foundation
import Testing

@testable import GodwitRandom

@Suite struct RandomWalkTests {
  private func expect(
    _ got: Double, _ want: Double, within error: Double = 1e-15, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(abs(got - want) <= error, "got \(got), want \(want)", sourceLocation: sourceLocation)
  }

  @Test func exactProbabilities() throws {
    let walk = try RandomWalk()
    for (law, want) in [
      (walk.law(after: 4), [1.0, 4, 6, 4, 1].map { $0 / 16 }),
      (walk.law(after: 5), [1.0, 5, 10, 10, 5, 1].map { $0 / 32 }),
    ] {
      #expect(law.count == want.count)
      for (got, want) in zip(law, want) { expect(got, want) }
    }
    expect(walk.probability(at: 0, after: 10), 0.24609375)
    expect(walk.probability(at: 2, after: 10), 0.205078125)
    expect(walk.probability(at: 4, after: 10), 0.1171875)
    #expect(walk.probability(at: 3, after: 10) == 0 && walk.probability(at: 12, after: 10) == 0)
    #expect(walk.probability(at: 0, after: 0) == 1)
    expect(walk.probability(at: 0, after: 100), 0.0795892373871788)
    expect(walk.probability(at: 10, after: 100), 0.0484742966, within: 5e-11)
    let biased = try RandomWalk(probability: 0.6)
    expect(biased.probability(at: 4, after: 10), 0.214990848, within: 5e-10)
    expect(biased.mean(after: 10), 2, within: 1e-14)
    expect(biased.variance(after: 10), 9.6, within: 1e-14)
    expect(biased.cdf(3, after: 10) + biased.survival(3, after: 10), 1)
    expect(biased.cdf(-9, after: 10), pow(0.4, 10))
    #expect(
      biased.cdf(-11, after: 10) == 0 && biased.survival(.min, after: 10) == 1 && biased.cdf(.max, after: 10) == 1)
  }

  @Test(arguments: [0, 0.003, 0.3, 0.5, 0.6, 1])
  func threeWaysToTheLaw(probability: Double) throws {
    let walk = try RandomWalk(probability: probability)
    for steps in [0, 1, 2, 10, 100, 127, 128, 1000, 4096, 100_000] {
      let exact = walk.law(after: steps)
      for method in RandomWalk.Method.allCases {
        let law = walk.law(after: steps, by: method)
        let error = zip(law, exact).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(law.count == steps + 1 && error <= 1e-15, "\(method), \(steps) steps: \(error)")
      }
    }
  }

  @Test func inversionWithMorePoints() throws {
    let walk = try RandomWalk()
    let law = walk.invertedCharacteristicFunction(100, points: 256)
    #expect(law.count == 101)
    for (got, want) in zip(law, walk.law(after: 100)) { expect(got, want, within: 1e-16) }
  }

  @Test func distances() throws {
    let walk = try RandomWalk()
    for (steps, want) in [(1, 1), (2, 1), (3, 1.5), (4, 1.5), (10, 2.4609375)] {
      expect(walk.meanDistance(after: steps), want, within: 1e-14)
    }
    #expect(walk.meanDistance(after: 0) == 0)
    expect(walk.meanDistance(after: 100), 7.958923738717877, within: 1e-13)
    expect(walk.meanDistance(after: 1000), 25.2250181784, within: 5e-11)
    // By summing over the places with 40 digits.
    let biased = try RandomWalk(probability: 0.6)
    for (steps, want) in [(2, 1.04), (5, 2.024), (40, 8.5836278619690258), (101, 20.358098774583163)] {
      expect(biased.meanDistance(after: steps), want, within: 1e-14 * want)
      expect(try RandomWalk(probability: 0.4).meanDistance(after: steps), want, within: 1e-14 * want)
    }
    expect(biased.meanDistance(after: 1_000_000_000_000) / 1e12, 0.2)
    expect(try RandomWalk(probability: 0.5.nextUp).meanDistance(after: 100), 7.958923738717877, within: 1e-12)
    expect(try RandomWalk(probability: 1).meanDistance(after: 9), 9)
  }

  @Test func passages() throws {
    let (walk, unlucky) = (try RandomWalk(), try RandomWalk(probability: 0.4))
    for (index, want) in [1.0 / 2, 1.0 / 8, 1.0 / 16, 5.0 / 128, 7.0 / 256].enumerated() {
      expect(walk.firstReturn(after: 2 * index + 2), want)
      expect(walk.firstPassage(to: 1, after: 2 * index + 1), want)
    }
    #expect(walk.firstReturn(after: 3) == 0 && walk.firstReturn(after: 0) == 0)
    expect(unlucky.probabilityOfReaching(1), 2.0 / 3)
    expect(unlucky.probabilityOfReaching(3), 8.0 / 27)
    #expect(unlucky.probabilityOfReaching(-7) == 1 && walk.probabilityOfReaching(100) == 1)
    // The laws of the times sum to the probability of there being one.
    expect((1...2000).reduce(0) { $0 + unlucky.firstPassage(to: 3, after: $1) }, 8.0 / 27, within: 1e-13)
    expect((1...2000).reduce(0) { $0 + unlucky.firstReturn(after: $1) }, unlucky.probabilityOfReturn, within: 1e-13)
    #expect(try RandomWalk(probability: 0).probabilityOfReaching(1) == 0)
  }

  @Test(arguments: [0, 0x1p-40, 0.3, 0.5, 0.6, 1 - 0x1p-40, 1]) func returnsInTime(probability: Double) throws {
    let walk = try RandomWalk(probability: probability)
    var sum = 0.0
    for steps in 0...200 {
      sum += walk.firstReturn(after: steps)
      expect(walk.probabilityOfReturn(within: steps), sum, within: 1e-14 * sum)
      if probability != 0.5 { continue }
      expect(walk.probabilityOfReturn(within: steps), 1 - walk.probability(at: 0, after: steps & ~1))
    }
    let late = walk.probabilityOfReturn(within: 1_000_000_000_000)
    expect(late, probability == 0.5 ? 1 : walk.probabilityOfReturn, within: 1e-6 * late)
  }

  @Test(arguments: [0x1p-40, 0.3, 0.5, 0.6]) func logarithmsOfTails(probability: Double) throws {
    let walk = try RandomWalk(probability: probability)
    for steps in [1, 10, 77] {
      for place in -steps - 2...steps + 2 {
        for (log, plain) in [
          (walk.logCDF(place, after: steps), walk.cdf(place, after: steps)),
          (walk.logSurvival(place, after: steps), walk.survival(place, after: steps)),
          (walk.logMaximum(atLeast: place, in: steps), walk.maximum(atLeast: place, in: steps)),
        ] { #expect(abs(exp(log) - plain) <= 1e-12 * plain, "\(place) of \(steps): \(log), \(plain)") }
      }
    }
    // The only path to the end of the way: n ln p.
    let want = 100_000 * log(probability)
    expect(walk.logSurvival(99_999, after: 100_000) / want, 1, within: 1e-13)
    expect(walk.logMaximum(atLeast: 100_000, in: 100_000) / want, 1, within: 1e-13)
    expect(walk.logCDF(-100_000, after: 100_000) / (100_000 * log1p(-probability)), 1, within: 1e-13)
  }

  @Test func ruin() throws {
    let lucky = try RandomWalk(probability: 0.6)
    expect(lucky.probabilityOfGoal(10, from: 5), 243.0 / 275)
    expect(lucky.probabilityOfRuin(goal: 10, from: 5), 32.0 / 275)
    expect(lucky.meanGames(goal: 10, from: 5), 211.0 / 11, within: 1e-13)
    let fair = try RandomWalk()
    expect(fair.probabilityOfGoal(10, from: 3), 0.3)
    #expect(fair.meanGames(goal: 10, from: 3) == 21)
    // Near p = ½, and the rules of one step, which all probabilities have to satisfy.
    for p in [0, 1e-9, 0.3, 0.4999, 0.5 - 1e-9, 0.5.nextDown, 0.5.nextUp, 0.5001, 0.52, 0.9, 1] {
      let walk = try RandomWalk(probability: p)
      for i in [1, 2, 50, 98, 99] {
        let (chance, games) = (walk.probabilityOfGoal(100, from: i), walk.meanGames(goal: 100, from: i))
        expect(chance + walk.probabilityOfRuin(goal: 100, from: i), 1)
        for (log, plain) in [
          (walk.logProbabilityOfGoal(100, from: i), chance),
          (walk.logProbabilityOfRuin(goal: 100, from: i), walk.probabilityOfRuin(goal: 100, from: i)),
          (walk.logProbabilityOfReaching(i), walk.probabilityOfReaching(i)),
          (walk.logProbabilityOfReaching(-i), walk.probabilityOfReaching(-i)),
          (walk.logLastZero(at: i, in: 100), walk.lastZero(at: i, in: 100)),
        ] where plain == 0 || plain > 1e-300 {
          #expect(abs(exp(log) - plain) <= 1e-12 * plain, "\(p), \(i): \(log), \(plain)")
        }
        let chances = p * walk.probabilityOfGoal(100, from: i + 1) + (1 - p) * walk.probabilityOfGoal(100, from: i - 1)
        expect(chance, chances)
        let rest = p * walk.meanGames(goal: 100, from: i + 1) + (1 - p) * walk.meanGames(goal: 100, from: i - 1)
        expect(games, 1 + rest, within: 1e-14 * games)
      }
    }
  }

  @Test func extremes() throws {
    let walk = try RandomWalk()
    for (time, want) in zip([0, 2, 4, 6, 8, 10], [0.24609, 0.13672, 0.11719, 0.11719, 0.13672, 0.24609]) {
      expect(walk.lastZero(at: time, in: 10), want, within: 5e-6)
    }
    for (level, want) in [0.24609, 0.20508, 0.20508, 0.11719].enumerated() {
      expect(walk.maximum(exactly: level, in: 10), want, within: 5e-6)
    }
  }

  /// Every path of eleven steps, one by one.
  @Test(arguments: [0, 0.2, 0.5, 0.7, 1]) func extremesOfAllPaths(probability: Double) throws {
    let walk = try RandomWalk(probability: probability)
    let steps = 11
    var (last, maxima) = ([Double](repeating: 0, count: steps + 1), [Double](repeating: 0, count: steps + 2))
    for path in 0..<(1 << steps) {
      var (place, lastZero, maximum, mass) = (0, 0, 0, 1.0)
      for step in 0..<steps {
        let isUp = path >> step & 1 == 1
        place += isUp ? 1 : -1
        mass *= isUp ? probability : 1 - probability
        maximum = max(maximum, place)
        if place == 0 { lastZero = step + 1 }
      }
      last[lastZero] += mass
      maxima[maximum] += mass
    }
    for index in 0...steps {
      expect(walk.lastZero(at: index, in: steps), last[index], within: 1e-14)
      expect(walk.maximum(exactly: index, in: steps), maxima[index], within: 1e-14)
      expect(walk.maximum(atLeast: index, in: steps), maxima[index...].reduce(0, +), within: 1e-14)
    }
  }

  @Test func gaussianLimit() throws {
    let walk = try RandomWalk()
    expect(walk.gaussianProbability(at: 0, after: 100), 0.0797884560802865)
    expect(walk.gaussianProbability(at: 10, after: 100), 0.0483941449, within: 5e-11)
    #expect(walk.gaussianProbability(at: 1, after: 100) == 0)
    expect(walk.gaussianError(after: 100), 2.726e-4, within: 5e-8)
    expect(walk.gaussianError(after: 100) / walk.gaussianError(after: 400), 4, within: 0.05)
    #expect(walk.gaussianCDF(3, after: 100) == walk.gaussianCDF(2, after: 100))
    expect(walk.gaussianError(after: 100_000_000) / walk.gaussianError(after: 10_000), 1e-4, within: 1e-8)
  }

  @Test(arguments: [-0.1, 1.1, .nan, .infinity]) func badParameters(probability: Double) {
    #expect(throws: ParameterError.self) { try RandomWalk(probability: probability) }
  }
}
