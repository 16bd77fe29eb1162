import Foundation
import GodwitPlot

/// The picture of a run's losses.
enum LossChart {
  /// The most points of a curve: more than a picture shows.
  private static let most = 500

  static func svg(_ history: RunHistory, command: String) -> String {
    let training = thinned(history.steps.map { SIMD2(Double($0.step), $0.trainBitsPerByte) })
    let validation = history.validations.map { SIMD2(Double($0.step), $0.validationBitsPerByte) }
    var series = [LineChart.Series("training", points: training)]
    if !validation.isEmpty {
      series.append(LineChart.Series("validation", points: validation, style: .lineAndPoints))
    }
    return LineChart(
      title: "Loss against the number of steps", x: ChartAxis("steps"), y: ChartAxis("loss", unit: "bits per byte"),
      series: series, command: command
    ).svg
  }

  /// Means of neighbours where there are too many points.
  private static func thinned(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let group = (points.count + most - 1) / most
    guard group > 1 else { return points }
    return stride(from: 0, to: points.count, by: group).map { start in
      let part = points[start..<min(start + group, points.count)]
      return part.reduce(SIMD2()) { $0 + $1 } / Double(part.count)
    }
  }
}
