import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitRandom

@Suite struct FokkerPlanckTests {
  /// The greatest difference of the mean densities of the cells and a law's.
  private func error(_ equation: FokkerPlanck, _ law: Normal) -> Double {
    let half = equation.width / 2
    return zip(equation.places, equation.density).reduce(0) {
      max($0, abs($1.1 - (law.cdf($1.0 + half) - law.cdf($1.0 - half)) / (2 * half)))
    }
  }

  private func mass(_ equation: FokkerPlanck) -> Double {
    compensatedSum(equation.masses) + equation.absorbed.lower + equation.absorbed.upper
  }

  /// Errors at three grids, each twice as fine as the one before, fall by four.
  private func expectSecondOrder(_ errors: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      #expect(abs(coarse / fine - 4) < 0.2, "errors \(errors)", sourceLocation: sourceLocation)
    }
  }

  @Test func freeDiffusion() throws {
    let (start, end) = (
      try Normal(mean: 0.3, standardDeviation: 0.5), try Normal(mean: 0.3, standardDeviation: 1.75.squareRoot())
    )
    let errors = try [80, 160, 320].map { cells in
      var equation = try FokkerPlanck(on: -12...12, cells: cells, varianceRate: 1.5, density: start.density)
      equation.advance(by: 1)
      #expect(abs(mass(equation) - 1) < 1e-14 && equation.time == 1)
      return error(equation, end)
    }
    expectSecondOrder(errors)
  }

  @Test func constantDrift() throws {
    let start = try Normal(mean: -2, standardDeviation: 0.6)
    let end = try Normal(mean: 1, standardDeviation: (0.36 + 0.8 * 1.5).squareRoot())
    let errors = try [160, 320, 640].map { cells in
      var equation = try FokkerPlanck(
        on: -10...10, cells: cells, varianceRate: 0.8, density: start.density, drift: { _, _ in 2 })
      equation.advance(by: 1.5)
      return error(equation, end)
    }
    expectSecondOrder(errors)
  }

  /// v = −θx: the mean falls as e^(−θt), the variance tends to α / 2θ.
  @Test func ornsteinUhlenbeck() throws {
    let (theta, alpha, time) = (1.3, 0.7, 0.8)
    let start = try Normal(mean: 1.5, standardDeviation: 0.4)
    let decay = exp(-theta * time)
    let end = try Normal(
      mean: 1.5 * decay,
      standardDeviation: (0.16 * decay * decay + alpha / (2 * theta) * (1 - decay * decay)).squareRoot())
    let stationary = try Normal(mean: 0, standardDeviation: (alpha / (2 * theta)).squareRoot())
    var (errors, lasting): ([Double], [Double]) = ([], [])
    for cells in [75, 150, 300] {
      var equation = try FokkerPlanck(
        on: -5...5, cells: cells, varianceRate: alpha, density: start.density, drift: { x, _ in -theta * x })
      equation.advance(by: time)
      errors.append(error(equation, end))
      equation.advance(by: 30)
      lasting.append(error(equation, stationary))
      #expect(abs(mass(equation) - 1) < 1e-14)
    }
    expectSecondOrder(errors)
    expectSecondOrder(lasting)
  }

  /// v = cos t: after a time the law has moved by sin t.
  @Test func driftInTime() throws {
    let start = try Normal(mean: 0, standardDeviation: 0.5)
    func mean(_ steps: Int) throws -> Double {
      var equation = try FokkerPlanck(on: -8...8, cells: 160, density: start.density, drift: { _, time in cos(time) })
      equation.advance(by: 1.2, steps: steps)
      #expect(abs(equation.time - 1.2) < 1e-15)
      return zip(equation.places, equation.masses).reduce(0) { $0 + $1.0 * $1.1 }
    }
    expectSecondOrder(try [2, 4, 8].map { abs(try mean($0) - sin(1.2)) })
  }

  /// Great durations at once, great and opposite drifts, and an atom: nothing is below 0, or lost.
  @Test func nothingIsNegativeOrLost() throws {
    for (lower, upper) in [
      (FokkerPlanck.End.reflecting, FokkerPlanck.End.reflecting), (.absorbing, .reflecting), (.absorbing, .absorbing),
    ] {
      var equation = try FokkerPlanck(
        on: 0...1, cells: 50, ends: (lower, upper), start: 0.999, drift: { x, _ in x < 0.4 ? 2000 : -300 })
      #expect(equation.masses.filter { $0 > 0 }.count == 1)
      for duration in [0, 1e-9, 1e-5, 1e-3, 0.1, 3] {
        equation.advance(by: duration)
        #expect(equation.masses.allSatisfy { $0 >= 0 } && abs(mass(equation) - 1) < 1e-14)
      }
      #expect(lower == .absorbing || equation.absorbed.lower == 0)
      #expect((equation.absorbed.upper > 0) == (upper == .absorbing))
    }
  }

  /// Brownian motion that leaves (0, 1) does so above with the probability where it began.
  @Test func exit() throws {
    var equation = try FokkerPlanck(on: 0...1, cells: 40, ends: (.absorbing, .absorbing), start: 0.3)
    equation.advance(by: 0.2)
    // Σ 4/k sin(kx) exp(−k²t/2) over the odd multiples k of π have not left.
    var staying = 0.0
    for k in stride(from: Double.pi, to: 60, by: 2 * Double.pi) { staying += 4 / k * sin(k * 0.3) * exp(-k * k * 0.1) }
    #expect(abs(compensatedSum(equation.masses) - staying) < 5e-4)
    equation.advance(by: 20)
    #expect(abs(equation.absorbed.upper - 0.3) < 1e-12 && abs(equation.absorbed.lower - 0.7) < 1e-12)
    #expect(compensatedSum(equation.masses) < 1e-40)
  }

  /// With the drift v it is (1 − e^(−2vx)) / (1 − e^(−2v)), also on the grid: the flow between cells is exact.
  @Test(arguments: [-3, 0.5, 40.0]) func exitWithDrift(velocity: Double) throws {
    for cells in [2, 11] {
      let start = 0.5 / Double(cells) + 1 / Double(cells)  // The middle of a cell.
      var equation = try FokkerPlanck(
        on: 0...1, cells: cells, ends: (.absorbing, .absorbing), start: start, drift: { _, _ in velocity })
      equation.advance(by: 50)
      let want = expm1(-2 * velocity * start) / expm1(-2 * velocity)
      #expect(abs(equation.absorbed.upper - want) < 1e-12)
    }
  }

  /// The flows of neighbouring cells balance where their masses have the ratio exp(2vh / α), however small one is.
  @Test(arguments: [-40.0, -2, 3, 40]) func stationaryRatios(velocity: Double) throws {
    var equation = try FokkerPlanck(on: 0...1, cells: 4, start: 0.5, drift: { _, _ in velocity })
    equation.advance(by: 10)
    for (lower, upper) in zip(equation.masses, equation.masses.dropFirst()) {
      expectClose(upper / lower, exp(velocity / 2), tolerance: 1e-12)
    }
  }

  /// The double well v = x − x³, simulated in small steps.
  @Test func simulatedParticles() throws {
    let (walks, steps, time) = (20_000, 200, 1.0)
    var equation = try FokkerPlanck(
      on: -4...4, cells: 400, varianceRate: 0.5, start: 0.2, drift: { x, _ in x - x * x * x })
    equation.advance(by: time)
    var generator = Philox(seed: 31)
    let places = walkers(walks, using: &generator) { (words: inout BufferedWords) -> Double in
      var x = 0.2
      let step = time / Double(steps)
      for _ in 0..<steps { x += (x - x * x * x) * step + (0.5 * step).squareRoot() * words.standardNormal() }
      return x
    }
    // From −1.8 to 1.8 in parts of ten cells, of 0.2 each, and what is beyond.
    func part(_ x: Double) -> Int { min(max(Int((x + 1.8) / 0.2 + 1), 0), 19) }
    var (counts, masses) = ([Int](repeating: 0, count: 20), [Double](repeating: 0, count: 20))
    for place in places { counts[part(place)] += 1 }
    for (place, mass) in zip(equation.places, equation.masses) { masses[part(place)] += mass }
    expectCounts(counts, masses)
  }

  /// With φ = P exp(−∫ v dx / α) the term of the first derivative is gone: α φₜ = (α²/2) φₓₓ + V φ,
  /// V = −(α vₓ + v²) / 2 for a drift that does not depend on time.
  @Test func schroedingerTransform() throws {
    let alpha = 0.9
    let start = try Normal(mean: 0.4, standardDeviation: 0.5)
    func residual(_ cells: Int) throws -> Double {
      let h = 10 / Double(cells)
      let step = 0.2 * h
      func transformed(_ time: Double) throws -> (places: [Double], values: [Double]) {
        var equation = try FokkerPlanck(
          on: -5...5, cells: cells, varianceRate: alpha, density: start.density, drift: { x, _ in sin(x) })
        equation.advance(by: time)
        // ∫ v dx = −cos x.
        return (equation.places, zip(equation.places, equation.density).map { $1 * exp(cos($0) / alpha) })
      }
      let (before, now, after) = (try transformed(0.7 - step), try transformed(0.7), try transformed(0.7 + step))
      var greatest = 0.0
      for cell in cells / 4..<cells * 3 / 4 {
        let (x, y) = (now.places[cell], now.values)
        let second = (y[cell - 1] - 2 * y[cell] + y[cell + 1]) / (h * h)
        let potential = -(alpha * cos(x) + sin(x) * sin(x)) / 2
        let slope = (after.values[cell] - before.values[cell]) / (2 * step)
        greatest = max(greatest, abs(alpha * slope - alpha * alpha / 2 * second - potential * y[cell]))
      }
      return greatest
    }
    expectSecondOrder(try [100, 200, 400].map(residual))
  }

  // MARK: Closed forms

  @Test func densityOfDiffusion() throws {
    let (plane, law) = (
      try Diffusion(dimensions: 2, varianceRate: 1.7), try Normal(standardDeviation: 3.4.squareRoot())
    )
    #expect(abs(plane.density(at: [1, -2], after: 2) - law.density(at: 1) * law.density(at: 2)) < 1e-16)
    #expect(abs(plane.probability(within: 3, after: 2) - (1 - exp(-9 / 6.8))) < 1e-15)
    #expect(plane.probability(within: -1, after: 2) == 0 && plane.meanSquaredDistance(after: 2) == 6.8)
    let line = try Diffusion()
    #expect(try abs(line.probability(within: 1, after: 4) - (2 * Normal(standardDeviation: 2).cdf(1) - 1)) < 1e-15)
    // The walk's own limit: α = 1/d in unit steps and times.
    let (space, walk) = (try Diffusion(dimensions: 3, varianceRate: 1.0 / 3), try LatticeWalk(dimensions: 3))
    let place = [3, 1, 2]
    let limit = walk.gaussianProbability(at: place, after: 100)
    #expect(abs(2 * space.density(at: place.map(Double.init), after: 100) / limit - 1) < 1e-14)
  }

  @Test func badParameters() async throws {
    #expect(throws: ParameterError.self) { try Diffusion(dimensions: 0) }
    #expect(throws: ParameterError.self) { try Diffusion(varianceRate: .nan) }
    for rate in [0, -1, .nan, .infinity] {
      #expect(throws: ParameterError.self) { try FokkerPlanck(on: 0...1, cells: 5, varianceRate: rate, start: 0.5) }
    }
    #expect(throws: ParameterError.self) { try FokkerPlanck(on: 0...0, cells: 5, start: 0) }
    #expect(throws: ParameterError.self) { try FokkerPlanck(on: 0...1, cells: 0, start: 0) }
    #expect(throws: ParameterError.self) { try FokkerPlanck(on: 0...1, cells: 5, start: 1.5) }
    #expect(throws: ParameterError.self) { try FokkerPlanck(on: 0...1, cells: 5) { _ in -1 } }
    await #expect(processExitsWith: .failure) {
      var equation = try FokkerPlanck(on: 0...1, cells: 5, start: 0.5, drift: { _, _ in .nan })
      equation.advance(by: 1)
    }
  }
}
