import GodwitKernels
import Testing

@testable import GodwitRandom

@Suite struct SamplingTests {
  /// How many of all words give each outcome, over 2⁶⁴: cell by cell, the threshold found by bisection.
  private func masses(_ table: AliasTable, cells: Int) -> [Double] {
    var masses = [Double](repeating: 0, count: cells)
    let width = UInt64.max / UInt64(cells) + 1
    for cell in 0..<cells {
      let first = UInt64(cell) * width
      let (start, end) = (table.outcome(of: first), table.outcome(of: first + (width - 1)))
      var (low, high) = (0 as UInt64, width - 1)
      while start != end && high - low > 1 {
        let middle = low + (high - low) / 2
        if table.outcome(of: first + middle) == start { low = middle } else { high = middle }
      }
      let own = start == end ? width : high
      masses[start] += Double(own) / 0x1p64
      masses[end] += Double(width - own) / 0x1p64
    }
    return masses
  }

  @Test(arguments: [[1.0], [0, 1], [0.5, 0.5], [0.1, 0.2, 0.3, 0.4], [0, 1e-12, 0, 1 - 1e-12, 0]] as [[Double]])
  func tablesHaveTheirMasses(probabilities: [Double]) {
    let cells = max(powerOfTwo(notBelow: probabilities.count), 2)
    let masses = masses(AliasTable(probabilities), cells: cells)
    for (index, mass) in masses.enumerated() {
      let want = index < probabilities.count ? probabilities[index] : 0
      #expect(abs(mass - want) <= 2e-16 && (want > 0 || mass == 0), "\(index): \(mass), want \(want)")
    }
  }

  @Test func tablesOfLawsHaveTheirMasses() throws {
    let law = try Poisson(rate: 900)
    let probabilities = (0..<2048).map(law.probability(of:))
    for (mass, want) in zip(masses(AliasTable(probabilities), cells: 2048), probabilities) {
      #expect(abs(mass - want) <= 1e-15)
    }
  }

  /// Words in turn: what `fill` gives is the table's, or the law's own, whatever the generator.
  @Test func samplesDoNotDependOnThreads() async {
    await #expect(processExitsWith: .success) {
      for count in [1, 3, 100, 257, 1024, 5000] { try Self().compareThreads(count) }
    }
  }

  private func compareThreads(_ count: Int) throws {
    let (poisson, gamma, great) = (try Poisson(rate: 3), try Gamma(shape: 2.5, rate: 1), try Poisson(rate: 1e7))
    func samples(_ threads: Int) -> [Double] {
      Threads.count = threads
      var generator = Philox(seed: 9)
      let counts = poisson.samples(count, using: &generator) + great.samples(count, using: &generator)
      return counts.map(Double.init) + gamma.samples(count, using: &generator) + [Double(generator.position)]
    }
    let alone = samples(1)
    #expect(samples(2) == alone && samples(3) == alone, "\(count)")
  }

  /// Kolmogorov and Smirnov, see `FillTests`.
  @Test func samplesInSinglePrecision() throws {
    func distance<Law: ContinuousDistribution>(_ law: Law) -> Double {
      let count = 100_000
      var generator = Philox(seed: 31)
      let samples = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        law.fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), using: &generator)
        initialized = count
      }
      let (sorted, n) = (samples.sorted(), Double(count))
      return sorted.enumerated().reduce(0) { greatest, element in
        let (f, rank) = (law.cdf(Double(element.element)), Double(element.offset))
        return max(greatest, abs(f - rank / n), abs(f - (rank + 1) / n))
      } * n.squareRoot()
    }
    #expect(try distance(Exponential(rate: 3)) < 2.9)
    #expect(try distance(Normal(mean: -2, standardDeviation: 3)) < 2.9)
    #expect(try distance(Uniform(from: -2, to: 7)) < 2.9)
    #expect(try distance(Gamma(shape: 2.5, rate: 3)) < 2.9)
    #expect(try distance(LogNormal(logMean: 0, logDeviation: 1)) < 2.9)
  }
}
