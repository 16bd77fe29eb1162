import Testing

@testable import GodwitRandom

@Suite struct WalkSimulationTests {
  /// Walks one step at a time, from the same bits.
  private func naivePaths(_ walk: RandomWalk, _ walks: Int, _ steps: Int, using generator: inout Philox) -> [Int32] {
    if walks == 0 { return [] }
    let bits = BernoulliBits(probability: walk.probability)
    let together = max(1024 / ((steps + 63) / 64), 1)
    let (key, stream) = (generator.next(), generator.next())
    return (0..<(walks + together - 1) / together).flatMap { group -> [Int32] in
      var words = Philox(seed: key, stream: stream &+ UInt64(group))
      return (0..<min(together, walks - group * together)).flatMap { _ -> [Int32] in
        var (word, place) = (0 as UInt64, 0 as Int32)
        return (0..<steps).map { step in
          if step % 64 == 0 { word = bits.next(using: &words) }
          place += word >> (step % 64) & 1 == 1 ? 1 : -1
          return place
        }
      }
    }
  }

  @Test(arguments: [0, 0.3, 0.5, 1], [1, 7, 64, 100, 1000, 70_000]) func pathsAreTheirSteps(
    probability: Double, steps: Int
  )
    throws
  {
    let walk = try RandomWalk(probability: probability)
    for walks in [0, 1, 5, 100] {
      var generator = Philox(seed: 3)
      var copies = (generator, generator, generator)
      let want = naivePaths(walk, walks, steps, using: &copies.0)
      #expect(walk.paths(of: walks, steps: steps, using: &generator) == want && generator == copies.0)
      if steps <= Int16.max {
        var narrow = [Int16](repeating: .min, count: walks * steps)
        narrow.withUnsafeMutableBufferPointer { walk.fillPaths($0, steps: steps, using: &copies.1) }
        #expect(narrow.map(Int32.init) == want)
      }
      let ends = walk.endPoints(of: walks, steps: steps, using: &copies.2)
      #expect(ends == (0..<walks).map { Int(want[($0 + 1) * steps - 1]) } && copies.2 == generator)
    }
  }

  /// A χ² that may exceed its band with a probability of 10⁻⁷.
  private func chance(_ samples: [Int], _ walk: RandomWalk, _ steps: Int) -> Double {
    var counts: [Int: Int] = [:]
    for sample in samples { counts[sample, default: 0] += 1 }
    let n = Double(samples.count)
    var (statistic, cells, restCount, rest) = (0.0, 0.0, samples.count, 1.0)
    for place in stride(from: -steps, through: steps, by: 2) {
      let probability = walk.probability(at: place, after: steps)
      if n * probability < 10 { continue }
      let count = counts[place] ?? 0
      statistic += (Double(count) - n * probability) * (Double(count) - n * probability) / (n * probability)
      (cells, restCount, rest) = (cells + 1, restCount - count, rest - probability)
    }
    if n * rest >= 5 {
      statistic += (Double(restCount) - n * rest) * (Double(restCount) - n * rest) / (n * rest)
      cells += 1
    }
    return incompleteGamma((cells - 1) / 2, statistic / 2).upper
  }

  @Test(arguments: [(0.5, 10), (0.5, 1000), (0.3, 64), (1e-3, 1000), (0.9999, 500), (1.0 / 3, 130)])
  func endPointsFollowTheLaw(probability: Double, steps: Int) throws {
    let walk = try RandomWalk(probability: probability)
    var generator = Philox(seed: 17)
    let chance = chance(walk.endPoints(of: 100_000, steps: steps, using: &generator), walk, steps)
    #expect(chance > 1e-7, "\(chance)")
    // The wrong law is found out.
    let other = try RandomWalk(probability: probability * 0.9)
    #expect(
      self.chance(walk.endPoints(of: 100_000, steps: steps, using: &generator), other, steps) < 1e-7)
  }

  /// The digits of p decide: all words of ones are above every p below 1, all words of zeros below every p above 0.
  @Test func bitsAtTheEdges() {
    struct Constant: RandomNumberGenerator {
      let word: UInt64
      func next() -> UInt64 { word }
    }
    var (ones, zeros) = (Constant(word: .max), Constant(word: 0))
    for p in [1e-300, 0.3, 0.5, Double(1).nextDown] {
      #expect(BernoulliBits(probability: p).next(using: &ones) == 0)
      #expect(BernoulliBits(probability: p).next(using: &zeros) == .max)
    }
    #expect(BernoulliBits(probability: 0).next(using: &zeros) == 0)
    #expect(BernoulliBits(probability: 1).next(using: &ones) == .max)
    #expect(BernoulliBits(probability: 0.75).next(using: &ones) == 0)
  }

  @Test func badShapesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 0)
      var places = [Int16](repeating: 0, count: 40_000)
      try RandomWalk().fillPaths(&places, steps: 40_000, using: &generator)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 0)
      _ = try RandomWalk().endPoints(of: 1, steps: -1, using: &generator)
    }
  }
}

extension RandomWalk {
  fileprivate func fillPaths(_ places: inout [Int16], steps: Int, using generator: inout some RandomNumberGenerator) {
    places.withUnsafeMutableBufferPointer { fillPaths($0, steps: steps, using: &generator) }
  }
}
