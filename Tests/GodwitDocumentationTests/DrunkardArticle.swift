import Godwit
import GodwitTestSupport
import Testing

/// The snippets of the article on the drunkard's walk.
struct DrunkardArticle {
  private func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? 0 }

  @Test func generatingFunction() throws {
    let power = Polynomial([0.5, 0, 0.5]).power(4)  // x⁴ ((x + 1/x) / 2)⁴
    let biased = try RandomWalk(probability: 0.6)
    let byCoefficients = biased.law(after: 100, by: .coefficients)  // of (0.6 x + 0.4 / x)¹⁰⁰
    #expect(power.coefficients == [1, 0, 4, 0, 6, 0, 4, 0, 1].map { $0 / 16 })

    let byFourier = biased.law(after: 100, by: .characteristicFunction)
    let byBinomial = biased.law(after: 100)  // all three agree to 10⁻¹⁵
    #expect(distance(byCoefficients, byBinomial) < 1e-15 && distance(byFourier, byBinomial) < 1e-15)
    #expect(byBinomial.count == 101)
  }

  @Test func limits() throws {
    let (fair, biased) = (try RandomWalk(), try RandomWalk(probability: 0.6))
    let errors = [100, 1000, 10_000].map(fair.gaussianError)  // 2.7e-4, 2.7e-5, 2.7e-6: as 1 / n
    let biasedErrors = [100, 1000, 10_000].map(biased.gaussianError)  // 2.7e-3, 8.6e-4, 2.7e-4: as 1 / √n
    for (error, want) in zip(errors + biasedErrors, [2.7e-4, 2.7e-5, 2.7e-6, 2.7e-3, 8.6e-4, 2.7e-4]) {
      #expect(abs(error / want - 1) < 0.05, "\(error)")
    }

    let (length, interval) = (0.01, 0.0001)  // α = length² / interval = 1
    let limit = try Diffusion(varianceRate: length * length / interval).density(at: [0.5], after: 1)
    let walked = fair.probability(at: 50, after: 10_000) / (2 * length)  // places are two steps apart
    #expect(abs(walked / limit - 1) < 1e-4 && abs(walked / limit - 1) > 1e-6)
  }

  @Test func drift() throws {
    var density = try FokkerPlanck(on: -8...8, cells: 800, start: 0) { _, _ in 0.5 }
    density.advance(by: 4)
    let mean = zip(density.places, density.masses).map { $0 * $1 }.reduce(0, +)  // 0.5 · 4, from a start at 0
    #expect(abs(mean - 2) < 1e-2)
  }

  @Test func solver() throws {
    var generator = Philox(seed: 1)
    let game = try LatticeDirichlet(
      dimensions: 1, isInside: { $0[0] > 0 && $0[0] < 10 }, boundary: { $0[0] == 10 ? 1 : 0 })
    let exit = game.estimate(at: [3], walks: 100_000, using: &generator)
    let chance = exit.solution.interval(confidence: 0.9999)  // about 3 / 10, the linear function
    let games = exit.time.interval(confidence: 0.9999)  // about 3 · 7
    #expect(chance.contains(0.3) && games.contains(21) && exit.unfinished == 0)
    #expect(chance.upperBound - chance.lowerBound < 0.02 && games.upperBound - games.lowerBound < 1)

    let disc = try WalkOnSpheres(
      dimensions: 2, tolerance: 1e-6, distance: { 1 - ($0[0] * $0[0] + $0[1] * $0[1]).squareRoot() },
      boundary: { $0[0] * $0[0] - $0[1] * $0[1] })
    let inside = disc.estimate(at: [0.5, 0.2], walks: 100_000, using: &generator).solution  // 0.5² − 0.2² = 0.21
    #expect(inside.interval(confidence: 0.9999).contains(0.21) && inside.standardError < 0.01)
  }
}
