import GodwitModels
import GodwitPlot

/// What models have solved of a problem, as a table and as a picture.
struct RecallReport {
  private let study: RecallStudy
  private let results: [RecallResult]

  init(_ study: RecallStudy, _ results: [RecallResult]) { (self.study, self.results) = (study, results) }

  private var hasWidths: Bool { Set(results.map(\.trial.width)).count > 1 }

  /// A row for each model, with the part of the answers that is right at each length, and one for guessing.
  var table: TextTable {
    let lengths = study.testLengths
    var table = TextTable(
      heading: ["mixer", "width", "parameters", "learning rate", "training"]
        + lengths.map { "right at \(Quantity.grouped($0))" } + ["whole sequences"])
    for result in results {
      let trained = result.scores.first { $0.length == study.problem.length } ?? result.scores[0]
      table.rows.append(
        [
          result.trial.mixer, "\(result.trial.width)", Quantity.grouped(result.parameters),
          "\(result.trial.learningRate)", Quantity.duration(seconds: result.trainSeconds),
        ] + result.scores.map { percent($0.score.accuracy) } + [percent(trained.score.sequenceAccuracy)])
    }
    table.rows.append(
      ["guessing", "", "", "", ""] + lengths.map { _ in percent(study.problem.baselineAccuracy) } + [""])
    return table
  }

  /// The part that is right: against the length of the test, if there are several; else against the width, if there are
  /// several; else during training.
  func chart(command: String) -> LineChart {
    let accuracy = ChartAxis("answers that are right", range: 0...1)
    func chart(_ x: ChartAxis, _ series: [LineChart.Series]) -> LineChart {
      LineChart(title: study.problem.kind.rawValue, x: x, y: accuracy, series: series, command: command)
    }
    if study.testLengths.count > 1 {
      return chart(
        ChartAxis("length", unit: "tokens", scale: .logarithmic),
        results.map { result in
          LineChart.Series(
            name(result), points: result.scores.map { SIMD2(Double($0.length), $0.score.accuracy) },
            style: .lineAndPoints)
        })
    }
    if hasWidths {
      var mixers: [String] = []
      for result in results where !mixers.contains(result.trial.mixer) { mixers.append(result.trial.mixer) }
      return chart(
        ChartAxis("width", scale: .logarithmic),
        mixers.map { mixer in
          LineChart.Series(
            mixer,
            points: results.filter { $0.trial.mixer == mixer }.map {
              SIMD2(Double($0.trial.width), $0.scores[0].score.accuracy)
            }, style: .lineAndPoints)
        })
    }
    return chart(ChartAxis("steps"), results.map { LineChart.Series(name($0), points: $0.course) })
  }

  private func name(_ result: RecallResult) -> String {
    hasWidths ? "\(result.trial.mixer), width \(result.trial.width)" : result.trial.mixer
  }
}
