import GodwitModels
import GodwitPlot
import GodwitRandom

/// The picture of what `godwit walk` was asked.
struct WalkChart {
  let request: WalkRequest
  let seed: UInt64
  let command: String

  private var walk: RandomWalk { request.walk }
  private var bias: String { "p = \(tenDigits(walk.probability))" }

  var chart: LineChart {
    var chart = unmarked
    if let answer = answer(in: chart) { chart.series.append(answer) }
    return chart
  }

  private var unmarked: LineChart {
    switch request.question {
    case .firstAt(let place, let steps):
      let kind = place == 0 ? "First back at 0" : "First at \(place)"
      return byTime(kind, from: place == 0 ? 2 : abs(place), to: steps, by: 2) { .firstAt(place, steps: $0) }
    case .lastZero(_, let steps):
      return byTime("Last at 0, of \(steps) steps", from: 0, to: steps, by: 2) { .lastZero($0, steps: steps) }
    case .reach(let place, let steps?):
      return byTime("Having reached \(place)", from: 0, to: steps, by: 1) { .reach(place, steps: $0) }
    case .comeBack(let steps?):
      return byTime("Having returned", from: 0, to: steps, by: 2) { .comeBack(steps: $0) }
    case .comeBackOnLattice(let lattice, let steps?): return returns(on: lattice, within: steps)
    case .reach(let place, nil):
      let levels = evenly(from: 0, to: abs(place), by: 1).map { place < 0 ? -$0 : $0 }
      return line("Ever reaching a place, \(bias)", "place", levels) { .reach($0, steps: nil) }
    case .ruin(_, let goal):
      return line("Having \(goal) before 0, \(bias)", "start", evenly(from: 0, to: goal, by: 1)) {
        .ruin(start: $0, goal: goal)
      }
    case nil where request.trials != nil: return paths
    default: return law
    }
  }

  /// Whole numbers from end to end, at most 400 of them.
  private func evenly(from first: Int, to last: Int, by step: Int) -> [Int] {
    if first > last { return [] }
    let pieces = (last - first) / step
    return Array(stride(from: first, through: last, by: step * (pieces / 400 + 1)))
  }

  /// The probability of a question by a number in it.
  private func line(_ title: String, _ axis: String, _ values: [Int], _ question: (Int) -> WalkQuestion) -> LineChart {
    let points = values.map { SIMD2(Double($0), question($0).probability(walk)) }
    return LineChart(
      title: title, x: ChartAxis(axis), y: ChartAxis("probability", start: 0),
      series: [LineChart.Series("exact", points: points, style: points.count > 60 ? .line : .lineAndPoints)],
      command: command)
  }

  private func byTime(
    _ title: String, from first: Int, to last: Int, by step: Int, _ question: (Int) -> WalkQuestion
  ) -> LineChart {
    line("\(title), \(bias)", "steps", evenly(from: first, to: last, by: step), question)
  }

  private func returns(on lattice: LatticeWalk, within steps: Int) -> LineChart {
    var (sum, points) = (0.0, [SIMD2<Double>]())
    for (time, first) in lattice.firstReturns(upTo: steps).enumerated() {
      sum += first
      if time % 2 == 0 { points.append([Double(time), sum]) }
    }
    return LineChart(
      title: "Having returned in \(lattice.dimensions) dimensions", x: ChartAxis("steps"),
      y: ChartAxis("probability", start: 0),
      series: [LineChart.Series("exact", points: points)], command: command)
  }

  private var law: LineChart {
    let table = WalkTable(walk: walk, steps: request.steps)
    let places = table.places(most: 400)
    func series(_ name: String, _ style: LineChart.Series.Style, _ value: (Int) -> Double) -> LineChart.Series {
      LineChart.Series(name, points: places.map { SIMD2(Double($0), value($0)) }, style: style)
    }
    let steps = request.steps
    var all = [series("exact", .points) { walk.probability(at: $0, after: steps) }]
    if table.hasLimit {
      all.append(series("Gaussian limit", .line) { walk.gaussianProbability(at: $0, after: steps) })
    }
    return LineChart(
      title: "The place after \(Quantity.counted(steps, "step")), \(bias)", x: ChartAxis("place"),
      y: ChartAxis("probability", start: 0), series: all, command: command)
  }

  /// The first of the simulated walks, within one standard deviation around the mean.
  private var paths: LineChart {
    let steps = request.steps
    let times = Array(stride(from: 0, through: steps, by: steps / 1000 + 1))
    func edge(_ sign: Double) -> [SIMD2<Double>] {
      times.map { [Double($0), walk.mean(after: $0) + sign * walk.variance(after: $0).squareRoot()] }
    }
    let name = walk.drift == 0 ? "± √n" : "n (p − q) ± √(4 n p q)"
    var all = [LineChart.Series(name, points: edge(1) + [[.nan, .nan]] + edge(-1))]
    for index in 0..<min(request.trials ?? 0, 6) {
      var generator = Philox(seed: seed, stream: UInt64(index))
      let places = WalkSteps(of: walk).places(at: times, using: &generator)
      all.append(LineChart.Series("walk \(index + 1)", x: times.map(Double.init), y: places.map(Double.init)))
    }
    return LineChart(
      title: "Walks of \(Quantity.counted(steps, "step")), \(bias)", x: ChartAxis("steps"), y: ChartAxis("place"),
      series: all, command: command)
  }
}
