import Foundation
import GodwitKernels
import GodwitTestSupport
import Testing

@testable import GodwitRandom

@Suite struct DirichletTests {
  /// Within what one of 10⁷ normal errors exceeds, and a known bias.
  private func expect(
    _ estimate: MonteCarloEstimate, _ want: Double, bias: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let width = -normalQuantile(5e-8) * estimate.standardError + bias
    #expect(abs(estimate.mean - want) <= width, "\(estimate), want \(want)", sourceLocation: sourceLocation)
  }

  /// The solution of a linear system, by elimination.
  private func solution(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (a, b) = (matrix, right)
    for k in b.indices {
      let pivot = (k..<b.count).max { abs(a[$0][k]) < abs(a[$1][k]) } ?? k
      a.swapAt(k, pivot)
      b.swapAt(k, pivot)
      for row in b.indices where row != k {
        let factor = a[row][k] / a[k][k]
        for column in k..<b.count { a[row][column] -= factor * a[k][column] }
        b[row] -= factor * b[k]
      }
    }
    return b.indices.map { b[$0] / a[$0][$0] }
  }

  // MARK: On the lattice

  @Test(arguments: [2, 3]) func latticeAgreesWithTheLinearSystem(dimensions: Int) throws {
    // A ball with a notch; boundary values and a source without symmetry.
    let isInside: @Sendable ([Int]) -> Bool = { place in
      place.reduce(0) { $0 + $1 * $1 } <= (place.count == 2 ? 20 : 8) && !(place[0] > 0 && place[1] == 1)
    }
    let boundary: LatticeDirichlet.Field = { sin(Double($0[0])) + 0.3 * Double($0[1] * $0[1]) }
    let source: LatticeDirichlet.Field = { 0.01 * Double($0[0] - 2 * $0[1]) + 0.05 }
    let side = -5...5
    var places: [[Int]] = [[]]
    for _ in 0..<dimensions { places = places.flatMap { place in side.map { place + [$0] } } }
    places = places.filter(isInside)
    let index = Dictionary(uniqueKeysWithValues: places.enumerated().map { ($0.element, $0.offset) })
    var matrix = places.map { _ in [Double](repeating: 0, count: places.count) }
    var (right, ones) = (places.map(source), places.map { _ in 1.0 })
    for (row, place) in places.enumerated() {
      matrix[row][row] = 1
      for axis in 0..<dimensions {
        for step in [-1, 1] {
          var neighbour = place
          neighbour[axis] += step
          if let column = index[neighbour] {
            matrix[row][column] -= 0.5 / Double(dimensions)
          } else {
            right[row] += boundary(neighbour) * 0.5 / Double(dimensions)
          }
        }
      }
    }
    let (values, times) = (solution(matrix, right), solution(matrix, ones))
    let problem = try LatticeDirichlet(
      dimensions: dimensions, isInside: isInside, boundary: boundary, source: source)
    var generator = Philox(seed: 51)
    for place in [[Int](repeating: 0, count: dimensions), [2, 0, 0], [-1, 2, -1]].map({ Array($0.prefix(dimensions)) })
    {
      let estimate = problem.estimate(at: place, walks: 20_000, using: &generator)
      let row = try #require(index[place])
      expect(estimate.solution, values[row])
      expect(estimate.time, times[row])
      #expect(estimate.unfinished == 0 && estimate.solution.count == 20_000)
    }
    let outside = problem.estimate(at: Array([9, 0, 0].prefix(dimensions)), walks: 3, using: &generator)
    #expect(outside.solution.mean == sin(9) && outside.solution.standardError == 0 && outside.time.mean == 0)
  }

  /// Harmonic on the lattice as in the plane.
  @Test func harmonicPolynomialOnASquare() throws {
    let problem = try LatticeDirichlet(
      dimensions: 2, isInside: { abs($0[0]) < 8 && abs($0[1]) < 8 },
      boundary: { Double($0[0] * $0[0] - $0[1] * $0[1]) })
    var generator = Philox(seed: 52)
    for place in [[0, 0], [3, -2], [-7, 1]] {
      let estimate = problem.estimate(at: place, walks: 20_000, using: &generator)
      expect(estimate.solution, Double(place[0] * place[0] - place[1] * place[1]))
    }
  }

  /// The gambler's ruin.
  @Test func latticeOfALine() throws {
    let (start, goal, walks) = (3, 10, 20_000)
    let problem = try LatticeDirichlet(
      dimensions: 1, isInside: { $0[0] > 0 && $0[0] < goal }, boundary: { $0[0] == goal ? 1 : 0 })
    var generator = Philox(seed: 53)
    let estimate = problem.estimate(at: [start], walks: walks, using: &generator)
    let won = estimate.solution.mean * Double(walks)
    let law = try Binomial(trials: walks, probability: try RandomWalk().probabilityOfGoal(goal, from: start))
    #expect(law.cdf(won.rounded()) > 5e-8 && law.survival(won.rounded() - 1) > 5e-8)
    expect(estimate.time, try RandomWalk().meanGames(goal: goal, from: start))
    // The error of a share is known.
    let p = estimate.solution.mean
    expectClose(
      estimate.solution.standardError, (p * (1 - p) / Double(walks - 1)).squareRoot(), tolerance: 1e-12)
  }

  @Test func endlessWalksAreCounted() async throws {
    let nowhere = try LatticeDirichlet(dimensions: 2, isInside: { _ in true }, boundary: { _ in 1 })
    var generator = Philox(seed: 54)
    let estimate = nowhere.estimate(at: [0, 0], walks: 10, stepLimit: 100, using: &generator)
    #expect(estimate.unfinished == 10 && estimate.solution.count == 0 && estimate.solution.mean.isNaN)
    let space = try WalkOnSpheres(dimensions: 3, tolerance: 0.1, distance: { _ in 1 }, boundary: { _ in 1 })
    #expect(space.estimate(at: [0, 0, 0], walks: 10, sphereLimit: 100, using: &generator).unfinished == 10)
    await #expect(processExitsWith: .failure) {
      _ = MonteCarloEstimate([1]).interval()
    }
  }

  // MARK: On spheres

  /// Brownian motion leaves (0, 1) above with the probability x where it began, after x (1 − x) in the mean.
  @Test(arguments: [0.1, 0.5, 0.8]) func exitOfAnInterval(start: Double) throws {
    let problem = try WalkOnSpheres(
      dimensions: 1, tolerance: 1e-9, distance: { min($0[0], 1 - $0[0]) }, boundary: { $0[0].rounded() })
    var generator = Philox(seed: 55)
    let walks = 20_000
    let estimate = problem.estimate(at: [start], walks: walks, using: &generator)
    let above = (estimate.solution.mean * Double(walks)).rounded()
    let law = try Binomial(trials: walks, probability: start)
    #expect(law.cdf(above) > 5e-8 && law.survival(above - 1) > 5e-8)
    expect(estimate.time, start * (1 - start), bias: 1e-9)
    #expect(estimate.unfinished == 0)
  }

  /// The nearest place of the unit sphere.
  private static let projected: @Sendable ([Double]) -> [Double] = { place in
    let radius = place.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return place.map { $0 / radius }
  }

  private static let inUnitBall: WalkOnSpheres.Field = { 1 - $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// x² − y² + 3xy is harmonic in any number of dimensions; Brownian motion stays (1 − |x|²) / d in the unit ball.
  @Test(arguments: [2, 3, 6]) func harmonicPolynomialInABall(dimensions: Int) throws {
    let polynomial: WalkOnSpheres.Field = { $0[0] * $0[0] - $0[1] * $0[1] + 3 * $0[0] * $0[1] }
    let problem = try WalkOnSpheres(
      dimensions: dimensions, tolerance: 1e-5, distance: Self.inUnitBall, boundary: { polynomial(Self.projected($0)) })
    var generator = Philox(seed: 56)
    for start in [[0.0, 0, 0], [0.3, -0.5, 0.2], [0.6, 0.7, 0.1]] {
      let place = start.prefix(dimensions) + [Double](repeating: 0.1, count: max(dimensions - 3, 0))
      let estimate = problem.estimate(at: Array(place), walks: 5000, using: &generator)
      expect(estimate.solution, polynomial(Array(place)), bias: 4e-5)
      let square = place.reduce(0) { $0 + $1 * $1 }
      expect(estimate.time, (1 - square) / Double(dimensions), bias: 1e-5)
    }
  }

  /// Between spheres: ln r in the plane, 1 / r in space; not convex.
  @Test(arguments: [2, 3]) func betweenSpheres(dimensions: Int) throws {
    let (inner, outer) = (0.5, 2.0)
    let radius: WalkOnSpheres.Field = { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let problem = try WalkOnSpheres(
      dimensions: dimensions, tolerance: 1e-6, distance: { min(radius($0) - inner, outer - radius($0)) },
      boundary: { radius($0) < 1 ? 0 : 1 })
    var generator = Philox(seed: 57)
    for start in [0.6, 1, 1.7] {
      let place = [start * 0.6, start * -0.8, 0]
      let estimate = problem.estimate(at: Array(place.prefix(dimensions)), walks: 10_000, using: &generator)
      let want =
        dimensions == 2 ? log(start / inner) / log(outer / inner) : (1 / inner - 1 / start) / (1 / inner - 1 / outer)
      expect(estimate.solution, want, bias: 1e-5)
    }
  }

  /// ½Δ(1 − |x|⁴) = −2 (d + 2) |x|².
  @Test(arguments: [1, 2, 3, 5]) func poissonEquation(dimensions: Int) throws {
    let factor = 2 * Double(dimensions + 2)
    let problem = try WalkOnSpheres(
      dimensions: dimensions, tolerance: 1e-5, distance: Self.inUnitBall, boundary: { _ in 0 },
      source: { factor * $0.reduce(0) { $0 + $1 * $1 } })
    var generator = Philox(seed: 58)
    for first in [0.0, 0.4, -0.8] {
      let place = [first] + [Double](repeating: 0.2, count: dimensions - 1)
      let square = place.reduce(0) { $0 + $1 * $1 }
      let estimate = problem.estimate(at: place, walks: 5000, using: &generator)
      expect(estimate.solution, 1 - square * square, bias: 5e-5)
    }
  }

  // MARK: Error bars, threads

  /// The squares of 1000 errors over their standard errors have about a χ² law.
  @Test func errorBarsAreTrue() throws {
    let problem = try WalkOnSpheres(
      dimensions: 2, tolerance: 1e-6, distance: Self.inUnitBall, boundary: { exp($0[0]) * cos($0[1]) })
    var generator = Philox(seed: 59)
    let place = [0.5, 0.3]
    let want = exp(0.5) * cos(0.3)
    var (squares, inside) = (0.0, 0)
    for _ in 0..<1000 {
      let estimate = problem.estimate(at: place, walks: 200, using: &generator).solution
      let error = (estimate.mean - want) / estimate.standardError
      squares += error * error
      if estimate.interval(confidence: 0.8).contains(want) { inside += 1 }
    }
    let tails = incompleteGamma(500, squares / 2)
    #expect(tails.lower > 5e-8 && tails.upper > 5e-8, "\(squares)")
    let law = try Binomial(trials: 1000, probability: 0.8)
    #expect(law.cdf(Double(inside)) > 5e-8 && law.survival(Double(inside - 1)) > 5e-8, "\(inside)")
  }

  @Test func estimatesDoNotDependOnThreads() async {
    await #expect(processExitsWith: .success) { try Self().compareThreads() }
  }

  private func compareThreads() throws {
    let spheres = try WalkOnSpheres(
      dimensions: 3, tolerance: 1e-4, distance: Self.inUnitBall, boundary: { $0[0] }, source: { $0[1] })
    let lattice = try LatticeDirichlet(dimensions: 2, isInside: { abs($0[0] + $0[1]) < 9 }, boundary: { Double($0[0]) })
    let estimates = [1, 2, 3].map { count in
      Threads.count = count
      var generator = Philox(seed: 60)
      return [
        spheres.estimate(at: [0.1, 0.2, 0.3], walks: 999, using: &generator),
        lattice.estimate(at: [1, 2], walks: 999, using: &generator),
      ]
    }
    #expect(estimates[0] == estimates[1] && estimates[0] == estimates[2])
  }

  @Test func badParameters() async throws {
    #expect(throws: ParameterError.self) {
      try LatticeDirichlet(dimensions: 0, isInside: { _ in false }, boundary: { _ in 0 })
    }
    for tolerance in [0, -1, .nan, .infinity] {
      #expect(throws: ParameterError.self) {
        try WalkOnSpheres(dimensions: 2, tolerance: tolerance, distance: { _ in 0 }, boundary: { _ in 0 })
      }
    }
    #expect(throws: ParameterError.self) {
      try WalkOnSpheres(dimensions: 0, tolerance: 1, distance: { _ in 0 }, boundary: { _ in 0 })
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      let plane = try WalkOnSpheres(dimensions: 2, tolerance: 1, distance: { _ in 0 }, boundary: { _ in 0 })
      _ = plane.estimate(at: [0], walks: 1, using: &generator)
    }
  }
}
