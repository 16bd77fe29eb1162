import GodwitKernels
import RealModule

extension FokkerPlanck {
  /// Lets `duration` pass, in `steps` equal parts; in each the drift is that of the part's middle.
  ///
  /// One part has no error of time where the drift does not depend on it, otherwise the error falls as the square of their number.
  ///
  /// A part is exact by uniformization (Jensen 1953, "Markoff chains as an aid in the study of Markoff processes"): if λ is the
  /// greatest rate of leaving a cell, the chain jumps, or stays, at the times of a Poisson process of rate λ, so that the law is
  /// the mean of those after k jumps for a Poisson number k. All its terms are positive, whatever the duration.
  ///
  /// - Precondition: the duration is finite and not negative, there is a part or more, and the drift is finite.
  /// - Complexity: O(c (λt + parts)) for c cells and the time t; λ is about α / h².
  public mutating func advance(by duration: Double, steps: Int = 1) {
    require(
      duration >= 0 && duration.isFinite,
      "FokkerPlanck: the duration is \(duration), expected 0 or more, and finite")
    require(steps >= 1, "FokkerPlanck: the number of steps is \(steps), expected 1 or more")
    let start = time
    for step in 1...steps {
      let part = duration / Double(steps)
      jump(rates(at: start + (Double(step) - 0.5) * part), for: part)
      time = start + duration * (Double(step) / Double(steps))
    }
  }

  /// The rates of jumping from each cell to its neighbours or, where an end absorbs, to the end.
  private struct Rates {
    var up: [Double]
    var down: [Double]
  }

  private func rates(at time: Double) -> Rates {
    let (cells, width) = (masses.count, width)
    var rates = Rates(up: [Double](repeating: 0, count: cells), down: [Double](repeating: 0, count: cells))
    func flow(_ place: Double, over distance: Double) -> (up: Double, down: Double) {
      let velocity = drift(place, time)
      require(velocity.isFinite, "FokkerPlanck: the drift is \(velocity) at \(place) and time \(time)")
      let rate = varianceRate / (2 * width * distance)
      let z = 2 * velocity * distance / varianceRate
      return z == 0 ? (rate, rate) : (rate * -z / .expMinusOne(-z), rate * z / .expMinusOne(z))
    }
    for cell in 0..<cells - 1 {
      let place = interval.lowerBound + Double(cell + 1) * width
      (rates.up[cell], rates.down[cell + 1]) = flow(place, over: width)
    }
    // From the middle of a cell to an end it is half as far.
    if ends.lower == .absorbing { rates.down[0] = flow(interval.lowerBound, over: width / 2).down }
    if ends.upper == .absorbing { rates.up[cells - 1] = flow(interval.upperBound, over: width / 2).up }
    return rates
  }

  private mutating func jump(_ rates: Rates, for duration: Double) {
    let greatest = zip(rates.up, rates.down).reduce(0) { max($0, $1.0 + $1.1) }
    guard let jumps = try? Poisson(rate: greatest * duration) else {
      fatalError("FokkerPlanck: \(greatest * duration) jumps are too many, expected up to 1e15")
    }
    let state = State(masses: masses, absorbed: absorbed)
    if jumps.rate == 0 || state.total == 0 { return }
    let chances = Rates(up: rates.up.map { $0 / greatest }, down: rates.down.map { $0 / greatest })
    let counts = jumps.quantile(1e-18)...jumps.quantile(1 - 0x1p-53)
    let weights = counts.map(jumps.probability(of:))
    let total = compensatedSum(weights)
    var (jumped, sum) = (state, State(cells: masses.count))
    for count in 0...counts.upperBound {
      if count > 0 { jumped.jump(chances) }
      if count >= counts.lowerBound { sum.add(jumped, weights[count - counts.lowerBound] / total) }
    }
    // A jump's roundings are the same at every jump, and would add up.
    sum.scale(by: state.total / sum.total)
    (masses, absorbed) = (sum.masses, sum.absorbed)
  }

  private struct State {
    var masses: [Double]
    var absorbed: (lower: Double, upper: Double)

    init(masses: [Double], absorbed: (lower: Double, upper: Double)) {
      (self.masses, self.absorbed) = (masses, absorbed)
    }

    init(cells: Int) { self.init(masses: [Double](repeating: 0, count: cells), absorbed: (0, 0)) }

    var total: Double { compensatedSum(masses) + absorbed.lower + absorbed.upper }

    mutating func scale(by factor: Double) {
      for cell in masses.indices { masses[cell] *= factor }
      absorbed = (factor * absorbed.lower, factor * absorbed.upper)
    }

    mutating func add(_ state: State, _ weight: Double) {
      for cell in masses.indices { masses[cell] += weight * state.masses[cell] }
      absorbed.lower += weight * state.absorbed.lower
      absorbed.upper += weight * state.absorbed.upper
    }

    mutating func jump(_ chances: Rates) {
      let last = masses.count - 1
      absorbed.lower += chances.down[0] * masses[0]
      absorbed.upper += chances.up[last] * masses[last]
      var comesUp = 0.0
      for cell in 0...last {
        let mass = masses[cell]
        let comesDown = cell < last ? chances.down[cell + 1] * masses[cell + 1] : 0
        masses[cell] = max(1 - chances.up[cell] - chances.down[cell], 0) * mass + comesUp + comesDown
        comesUp = chances.up[cell] * mass
      }
    }
  }
}
