import Foundation
import GodwitKernels
import GodwitTestSupport
import Testing

@testable import GodwitRandom

@Suite struct LatticeWalkTests {
  /// Equal to a relative error.
  private func expect(
    _ got: Double, _ want: Double, within error: Double = 1e-14, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectClose(got, want, tolerance: error, sourceLocation: sourceLocation)
  }

  /// All walks at once, step by step.
  @Test(arguments: 1...5) func lawOfAllWalks(dimensions: Int) throws {
    let walk = try LatticeWalk(dimensions: dimensions)
    var law = [[Int](repeating: 0, count: dimensions): 1.0]
    for steps in 0...(dimensions <= 3 ? 7 : 5) {
      for (place, mass) in law { expect(walk.probability(at: place, after: steps), mass) }
      let squares = law.reduce(0.0) { $0 + $1.value * Double($1.key.reduce(0) { $0 + $1 * $1 }) }
      #expect(abs(squares - walk.meanSquaredDistance(after: steps)) < 1e-13)
      var next: [[Int]: Double] = [:]
      for (place, mass) in law {
        for direction in 0..<2 * dimensions {
          var neighbour = place
          neighbour[direction / 2] += direction % 2 == 0 ? 1 : -1
          next[neighbour, default: 0] += mass / Double(2 * dimensions)
        }
      }
      law = next
    }
    // Of the other parity, and further than the steps.
    var place = [Int](repeating: 0, count: dimensions)
    place[dimensions - 1] = 3
    #expect(walk.probability(at: place, after: 6) == 0 && walk.probability(at: place, after: 1) == 0)
    place[0] += .max - 3
    place[dimensions - 1] = .max
    #expect(walk.probability(at: place, after: 7) == 0)
  }

  @Test func returns() throws {
    let plane = try LatticeWalk(dimensions: 2)
    for (got, want) in zip(plane.returns(upTo: 6), [1, 0, 0.25, 0, 0.140625, 0, 0.09765625]) { expect(got, want) }
    // Exact sums of whole numbers, by Python.
    expect(plane.returns(upTo: 1000)[1000], 0.0006363015420986329090016075)
    for (dimensions, return500) in [
      (3, 5.892991917394041875687787e-5), (4, 3.235806316114288266240044e-6), (5, 2.016029015409471352580927e-7),
    ] {
      let walk = try LatticeWalk(dimensions: dimensions)
      expect(walk.returns(upTo: 500)[500], return500)
      expect(walk.probability(at: [Int](repeating: 0, count: dimensions), after: 500), return500)
    }
    #expect(try LatticeWalk(dimensions: 7).returns(upTo: 0) == [1])
  }

  /// 9ᵐ b with b = Σₖ C(m, k)² C(2k, k): m² b(m) = (10m² − 10m + 3) b(m − 1) − 9 (m − 1)² b(m − 2), and C(2m, m) b walks of 2m
  /// steps return.
  @Test func returnsInSpaceByRecurrence() throws {
    let (space, line) = (try LatticeWalk(dimensions: 3), try LatticeWalk(dimensions: 1))
    let (returns, fair) = (space.returns(upTo: 4000), line.returns(upTo: 4000))
    var (previous, value) = (0.0, 1.0)
    for index in 1...2000 {
      let m = Double(index)
      (previous, value) = (value, ((10 * m * m - 10 * m + 3) * value - (m - 1) * (m - 1) * previous) / (9 * m * m))
      expect(returns[2 * index], fair[2 * index] * value, within: 5e-14)
    }
  }

  @Test func firstReturns() throws {
    for (dimensions, first) in [
      (1, [0.5, 0.125, 0.0625]), (2, [0.25, 0.078125, 0.04296875]),
      (3, [1.0 / 6, 1.0 / 24, 0.02134773662551440329]), (4, [0.125, 0.025390625, 0.01123046875]),
    ] {
      let got = try LatticeWalk(dimensions: dimensions).firstReturns(upTo: 7)
      #expect(got.count == 8)
      for (index, want) in first.enumerated() {
        expect(got[2 * index + 2], want)
        #expect(got[2 * index + 1] == 0)
      }
    }
    // With forty digits, by Python.
    expect(try LatticeWalk(dimensions: 1).probabilityOfReturn(within: 6), 0.6875)
    for (dimensions, steps, last, sum) in [
      (2, 1000, 6.442138961072733664956e-5, 0.6782231300153173117842),
      (3, 500, 2.569181020198475747347e-5, 0.3277126799184296444310),
      (4, 500, 2.079424778908770856030e-6, 0.1926793335520457133358),
    ] {
      let walk = try LatticeWalk(dimensions: dimensions)
      expect(walk.firstReturns(upTo: steps)[steps], last, within: 1e-12)
      expect(walk.probabilityOfReturn(within: steps), sum)
    }
    #expect(try LatticeWalk(dimensions: 3).probabilityOfReturn(within: 1) == 0)
  }

  @Test func everReturning() throws {
    let space = try LatticeWalk(dimensions: 3)
    expect(space.meanVisits, 1.5163860591519780, within: 4e-16)
    expect(space.probabilityOfReturn, 0.3405373295509991, within: 4e-16)
    // With thirty digits, by mpmath.
    for (dimensions, visits, probability) in [
      (4, 1.23946712184848171217, 0.19320167322498393701), (5, 1.15630812484023117871, 0.13517860982065529105),
      (6, 1.11696337322667184369, 0.10471549562882201083), (8, 1.07864701201692555864, 0.072912649959383984697),
      (20, 1.02709011674227722640, 0.026375598694495878251),
    ] {
      let walk = try LatticeWalk(dimensions: dimensions)
      expect(walk.meanVisits, visits, within: 1e-15)
      expect(walk.probabilityOfReturn, probability, within: 2e-15)
    }
    for dimensions in [1, 2] {
      let walk = try LatticeWalk(dimensions: dimensions)
      #expect(walk.probabilityOfReturn == 1 && walk.meanVisits == .infinity)
    }
    // 1/2d + 2/(2d)² + 7/(2d)³ + …, the first returns after 2, 4 and 6 steps.
    let many = try LatticeWalk(dimensions: 1_000_000).probabilityOfReturn
    expect(many, 0.5e-6 + 0.5e-12 + 7.0 / 8 * 1e-18, within: 1e-15)
  }

  /// The first returns that are still to come after n steps are about (1 − F)² u each.
  @Test func sumsOfTheLawsTendToTheIntegrals() throws {
    for (dimensions, steps) in [(3, 4000), (4, 2000), (5, 1000)] {
      let walk = try LatticeWalk(dimensions: dimensions)
      let d = Double(dimensions)
      let constant = 2 * pow(d / (4 * .pi), d / 2) / (d / 2 - 1)
      let visits = constant * pow(Double(steps) / 2 + 0.5, 1 - d / 2)
      expect(walk.meanVisits - compensatedSum(walk.returns(upTo: steps)), visits, within: 2e-3)
      let missing = walk.probabilityOfReturn - walk.probabilityOfReturn(within: steps)
      expect(missing, visits * pow(1 - walk.probabilityOfReturn, 2), within: 0.02)
    }
  }

  @Test func gaussianLimit() throws {
    for (dimensions, place) in [(1, [2]), (2, [3, -1]), (3, [4, 1, -1]), (4, [1, 0, 2, 3])] {
      let walk = try LatticeWalk(dimensions: dimensions)
      let errors = [10_000, 40_000].map {
        abs(walk.gaussianProbability(at: place, after: $0) / walk.probability(at: place, after: $0) - 1)
      }
      // The error falls as 1 / n.
      #expect(errors[0] < 1e-4 && abs(errors[0] / errors[1] - 4) < 0.02, "\(errors)")
      #expect(walk.gaussianProbability(at: place, after: 401) == 0)
    }
  }

  // MARK: Simulation

  @Test(arguments: [2, 3, 6, 10, 200]) func digitsAreUniform(base: Int) throws {
    var generator = Philox(seed: 11)
    var digits = RandomDigits(base: base)
    var (counts, pairs) = ([Int](repeating: 0, count: base), [Int](repeating: 0, count: 4))
    let draws = 200_000
    var previous = 0
    for _ in 0..<draws {
      let digit = digits.next(using: &generator)
      counts[digit] += 1
      pairs[(previous * 2 / base) * 2 + digit * 2 / base] += 1
      previous = digit
    }
    expectCounts(counts, [Double](repeating: 1 / Double(base), count: base))
    let half = Double((base + 1) / 2) / Double(base)
    expectCounts(pairs, [half * half, half * (1 - half), half * (1 - half), (1 - half) * (1 - half)])
  }

  @Test(arguments: 1...4) func samplesFollowTheLaw(dimensions: Int) throws {
    let walk = try LatticeWalk(dimensions: dimensions)
    var generator = Philox(seed: 12)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<50_000 { counts[walk.sample(after: 3, using: &generator), default: 0] += 1 }
    let places = counts.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let masses = places.map { walk.probability(at: $0, after: 3) }
    #expect(abs(masses.reduce(0, +) - 1) < 1e-13)  // Every place was reached, and no other.
    expectCounts(places.map { counts[$0] ?? 0 }, masses)
  }

  @Test func pathsStepToNeighbours() throws {
    let walk = try LatticeWalk(dimensions: 3)
    var (generator, copy) = (Philox(seed: 13), Philox(seed: 13))
    let path = walk.path(of: 500, using: &generator)
    #expect(path.count == 501 && path[0] == [0, 0, 0])
    for (a, b) in zip(path, path.dropFirst()) { #expect(zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } == 1) }
    #expect(path[500] == walk.sample(after: 500, using: &copy) && generator == copy)
    #expect(walk.path(of: 0, using: &generator) == [[0, 0, 0]])
  }

  @Test(arguments: [(1, 20), (2, 100), (3, 300), (4, 50)])
  func walkersReturnAsOftenAsTheLawSays(dimensions: Int, steps: Int) throws {
    let walk = try LatticeWalk(dimensions: dimensions)
    var generator = Philox(seed: 14)
    let walks = 40_000
    let returned = walk.simulatedReturns(within: steps, walks: walks, using: &generator)
    let law = try Binomial(trials: walks, probability: walk.probabilityOfReturn(within: steps))
    #expect(law.cdf(Double(returned)) > 5e-8 && law.survival(Double(returned - 1)) > 5e-8, "\(returned), \(law.mean)")
  }

  @Test(arguments: 1...3) func timesOfReturnFollowTheLaw(dimensions: Int) throws {
    let walk = try LatticeWalk(dimensions: dimensions)
    var generator = Philox(seed: 16)
    let steps = 12
    var counts = [Int](repeating: 0, count: steps / 2 + 1)  // The last: not yet.
    for _ in 0..<50_000 {
      let time = walk.sampleReturn(within: steps, using: &generator)
      #expect((time ?? 0) % 2 == 0)
      counts[time.map { $0 / 2 - 1 } ?? steps / 2] += 1
    }
    let law = walk.firstReturns(upTo: steps)
    let masses = stride(from: 2, through: steps, by: 2).map { law[$0] }
    expectCounts(counts, masses + [1 - walk.probabilityOfReturn(within: steps)])
    #expect(walk.sampleReturn(within: 0, using: &generator) == nil)
  }

  @Test func walkersDoNotDependOnThreads() async {
    await #expect(processExitsWith: .success) { try Self().compareThreads() }
  }

  private func compareThreads() throws {
    let walk = try LatticeWalk(dimensions: 2)
    let results = [1, 2, 3].map { count in
      Threads.count = count
      var generator = Philox(seed: 15)
      return walkers(1000, using: &generator) { (words: inout BufferedWords) in walk.sample(after: 20, using: &words) }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(Set(results[0]).count > 100)
  }

  @Test(arguments: [-1, 0, 1_000_001]) func badDimensions(dimensions: Int) {
    #expect(throws: ParameterError.self) { try LatticeWalk(dimensions: dimensions) }
  }

  @Test func improperPlacesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = try LatticeWalk(dimensions: 3).probability(at: [0, 0], after: 2)
    }
    await #expect(processExitsWith: .failure) { _ = try LatticeWalk(dimensions: 3).returns(upTo: -1) }
  }
}
