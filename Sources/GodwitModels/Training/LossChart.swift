import Foundation
import GodwitPlot

/// Pictures of the losses of runs.
package enum LossChart {
  /// The most points of a curve: more than a picture shows.
  private static let most = 500

  /// The losses of one run, against the number of steps; where the held-out data are measured in something else, in a
  /// picture of their own.
  static func svgs(_ history: RunHistory, command: String) -> (loss: String, heldOut: String?) {
    let (loss, figure) = (history.figures.loss, history.figures.deciding)
    let training = LineChart.Series(
      "training", points: thinned(history.steps.map { SIMD2(Double($0.step), $0.loss) }))
    let points = thinned(history.validations.map { SIMD2(Double($0.step), $0.deciding) })
    let validation = LineChart.Series("validation", points: points, style: .lineAndPoints)
    func chart(_ title: String, _ axis: TaskFigures.Figure, _ series: [LineChart.Series]) -> String {
      LineChart(
        title: title + " against the number of steps", x: ChartAxis("steps"),
        y: ChartAxis(axis.name, unit: axis.unit), series: series, command: command
      ).svg
    }
    if figure.unit == loss.unit {
      return (chart("Loss", loss, points.isEmpty ? [training] : [training, validation]), nil)
    }
    let heldOut =
      points.isEmpty ? nil : chart(figure.name.prefix(1).uppercased() + figure.name.dropFirst(), figure, [validation])
    return (chart("Loss", loss, [training]), heldOut)
  }

  /// The losses of several runs on their held-out texts, against the time that each has trained for: a curve for each, or the mean
  /// of those that differ by their seeds alone.
  package static func svg(_ runs: [(name: String, run: Run<LanguageModeling>)], command: String) -> String {
    var groups: [[(name: String, run: Run<LanguageModeling>)]] = []
    for run in runs {
      if let index = groups.firstIndex(where: { $0.allSatisfy { differBySeed($0.run, run.run) } }) {
        groups[index].append(run)
      } else {
        groups.append([run])
      }
    }
    let series = groups.map { group in
      LineChart.Series(
        name(of: group.map(\.name)), points: thinned(mean(group.map { points($0.run.history) })), style: .lineAndPoints)
    }
    return LineChart(
      title: "Loss on held-out text against training time", x: ChartAxis("training time", unit: "s"),
      y: ChartAxis("loss", unit: "bits per byte"), series: series, command: command
    ).svg
  }

  /// Whether two runs are the same but for their seeds, so far that their validations have the same steps.
  private static func differBySeed(_ a: Run<LanguageModeling>, _ b: Run<LanguageModeling>) -> Bool {
    var options = b.configuration.training
    options.seed = a.configuration.training.seed
    return a.configuration.model == b.configuration.model && a.configuration.training == options
      && b.configuration.training.seed != a.configuration.training.seed
      && a.configuration.data.hasSameText(as: b.configuration.data)
      && a.history.validations.map(\.step) == b.history.validations.map(\.step)
  }

  /// The means of the points that several curves have at the same place.
  private static func mean(_ curves: [[SIMD2<Double>]]) -> [SIMD2<Double>] {
    curves[0].indices.map { index in
      curves.reduce(SIMD2()) { $0 + $1[min(index, $1.count - 1)] } / Double(curves.count)
    }
  }

  /// What the names of runs begin with, and how many they are; the name of one that is alone.
  private static func name(of names: [String]) -> String {
    guard names.count > 1 else { return names[0] }
    let common = names.dropFirst().reduce(names[0]) { $0.commonPrefix(with: $1) }
    let trimmed = String(common.reversed().drop { !$0.isLetter && !$0.isNumber }.reversed())
    return "\(trimmed.isEmpty ? names[0] : trimmed), mean of \(names.count) seeds"
  }

  /// Each validation at the time at which its step was recorded.
  private static func points(_ history: RunHistory) -> [SIMD2<Double>] {
    var next = 0
    return history.validations.compactMap { validation in
      while next < history.steps.count, history.steps[next].step < validation.step { next += 1 }
      guard next < history.steps.count else { return nil }
      return SIMD2(history.steps[next].elapsedSeconds, validation.deciding)
    }
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
