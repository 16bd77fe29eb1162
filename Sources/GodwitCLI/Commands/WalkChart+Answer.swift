import GodwitPlot
import GodwitRandom

extension WalkChart {
  /// What was asked, as a mark in its picture; nil where the picture shows nothing of it.
  func answer(in chart: LineChart) -> LineChart.Series? {
    guard let question = request.question, let drawn = chart.series.first?.points, let last = drawn.last else {
      return nil
    }
    let places = min(drawn[0].x, last.x)...max(drawn[0].x, last.x)
    // The sum of the returns on a lattice takes its time, and is drawn already.
    var probability: Double { question.isOnLattice ? last.y : question.probability(request.walk) }
    func point(_ x: Int) -> [SIMD2<Double>] { [[Double(x), probability]] }
    let points: [SIMD2<Double>] =
      switch question {
      case .at(let place, _): places.contains(Double(place)) ? point(place) : []
      case .atLeast(let place, _): drawn.filter { $0.x >= Double(place) }
      case .atMost(let place, _): drawn.filter { $0.x <= Double(place) }
      case .firstAt(_, let steps), .reach(_, let steps?), .comeBack(let steps?), .comeBackOnLattice(_, let steps?):
        point(steps)
      case .reach(let place, nil), .lastZero(let place, _), .ruin(let place, _): point(place)
      case .comeBack(nil), .comeBackOnLattice(_, nil): []
      }
    if points.isEmpty { return nil }
    let value = tenDigits(probability, logarithm: question.logProbability(request.walk))
    return LineChart.Series("\(question.text) = \(value)", points: points, style: .points)
  }
}

extension WalkQuestion {
  fileprivate var isOnLattice: Bool { if case .comeBackOnLattice = self { true } else { false } }
}
