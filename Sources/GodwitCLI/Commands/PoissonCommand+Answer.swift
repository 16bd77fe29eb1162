import Foundation
import GodwitModels
import GodwitPlot
import GodwitRandom

/// What `godwit poisson` answers.
extension PoissonCommand {
  func answer(_ question: PoissonQuestion, _ law: Poisson, on console: Console) throws {
    var answer = ProbabilityAnswer(
      question: question.text, formula: question.formula, probability: question.probability(law),
      logProbability: question.logProbability(law))
    var line: JSONLine = ["rate": .text(rate ?? "")]
    if case .gap = question {
      let ends = (gapWithin ?? "").components(separatedBy: "..")
      answer.context = [(ends.count == 2 ? "s = \(ends[0]), t = \(ends[1])" : "t = \(ends[0])") + ", λ = \(rate ?? "")"]
      line["gapWithin"] = .text(gapWithin ?? "")
    } else {
      answer.context = ["in \(try intervalText()) at \(rate ?? ""), μ = \(tenDigits(law.rate))"]
      line["interval"] = .text(try intervalText())
      line["mean"] = .number(law.rate)
    }
    let trials = try trials()
    let probability = answer.probability
    answer.print(
      trials.map { trials in
        Simulation(trials: trials, seed: seed.seed, unit: "trials", console: console)
          .frequency(of: probability) { question.occurs(law, using: &$0) }
      }, line, on: console)
  }

  /// The counts that are not too rare to draw, at most `most` of them about evenly, and how far they are apart.
  private func counts(_ law: Poisson, most: Int) -> (counts: [Int], step: Int) {
    let (low, high) = (law.quantile(1e-4), law.quantile(1 - 1e-4))
    let step = max((high - low) / most + 1, 1)
    return (Array(stride(from: low, through: high, by: step)), step)
  }

  func table(_ law: Poisson, on console: Console) throws {
    console.result(
      "N in \(try intervalText()) at \(rate ?? ""): mean \(tenDigits(law.mean)), standard deviation "
        + "\(tenDigits(law.standardDeviation))")
    var table = TextTable(heading: ["n", "P(N = n)", "P(N ≤ n)", "P(N > n)"])
    let (counts, step) = counts(law, most: 30)
    for count in counts {
      let values = [law.probability(of: count), law.cdf(Double(count)), law.survival(Double(count))]
      table.rows.append([Quantity.grouped(count)] + values.map { String(format: "%.6g", $0) })
      console.emit([
        "count": .integer(count), "probability": .number(values[0]), "atMost": .number(values[1]),
        "moreThan": .number(values[2]),
      ])
    }
    console.result(table.plain)
    let shown = step == 1 ? "each n" : "of every \(Quantity.grouped(step)) numbers n one"
    console.result("\(shown); not those at either end whose probability together is below 0.0001")
  }

  func chart(_ law: Poisson, command: String) throws -> LineChart {
    let points = counts(law, most: 400).counts.map { SIMD2(Double($0), law.probability(of: $0)) }
    var chart = LineChart(
      title: "Events in \(try intervalText()) at \(rate ?? "")", x: ChartAxis("number of events"),
      y: ChartAxis("probability", start: 0),
      series: [LineChart.Series("Poisson", points: points, style: .lineAndPoints)], command: command)
    if let question = try question() {
      let asked = points.filter { question.includes(Int($0.x)) }
      let value = tenDigits(question.probability(law), logarithm: question.logProbability(law))
      if !asked.isEmpty {
        chart.series.append(LineChart.Series("\(question.text) = \(value)", points: asked, style: .points))
      }
    }
    return chart
  }

  /// The density of the wait, and of it the part that was asked for.
  func gapChart(from: Double, to: Double, command: String) throws -> LineChart {
    let (rate, span) = (try parsedRate(), try gapEnds(gapWithin ?? "").to)
    // In the unit of the question: the mean wait, and the events expected in one unit.
    let unit = span.unit?.seconds ?? 1
    let density = rate.count * (unit / rate.span.length)
    func point(_ means: Double) -> SIMD2<Double> { SIMD2(means / density, density * exp(-means)) }
    let end = max(6, min(1.2 * to, 30))
    let curve = (0...400).map { point(end * Double($0) / 400) }
    let asked = (0...100).map { point(from + (min(to, end) - from) * Double($0) / 100) }
    let area = [SIMD2(asked[0].x, 0)] + asked + [SIMD2(asked[100].x, 0)]
    let question = PoissonQuestion.gap(from: from, to: to)
    return LineChart(
      title: "Wait for the next event at \(self.rate ?? "")", x: ChartAxis("wait", unit: span.unit?.name),
      y: ChartAxis("probability density", unit: span.unit.map { "1/\($0.name)" }),
      series: [
        LineChart.Series("exponential", points: curve),
        LineChart.Series(
          "\(gapWithin ?? ""): \(String(format: "%.4g", question.probability(try Poisson(rate: 1))))", points: area),
      ], command: command)
  }
}
