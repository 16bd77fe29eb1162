import GodwitBenchmarks
import GodwitKernels
import GodwitModels
import GodwitPlot

/// What a comparison of mixers found, in tables, in a few sentences and as a picture.
struct CompareReport {
  private let comparison: MixerComparison
  private let differences: [String: Double]
  var measurements: [ComparisonMeasurement] = []
  var skipped: [(mixer: String, length: Int, mode: ComparisonMode)] = []

  init(_ comparison: MixerComparison, differences: [String: Double]) {
    self.comparison = comparison
    self.differences = differences
  }

  /// A table for each mode, and the answer.
  func text(markdown: Bool) -> String {
    guard !measurements.isEmpty else { return "nothing was measured" }
    var parts: [String] = []
    for mode in comparison.modes where measurements.contains(where: { $0.mode == mode }) {
      let table = table(mode)
      parts.append(
        (markdown ? "### " : "") + title(mode) + (markdown ? "\n" : "") + "\n"
          + (markdown ? table.markdown : table.plain))
    }
    return (parts + [notes.joined(separator: "\n")]).joined(separator: "\n\n")
  }

  private func title(_ mode: ComparisonMode) -> String {
    switch mode {
    case .forward: "Time of a forward pass"
    case .training: "Time of a forward and backward pass"
    case .decode: "Time of one more position after a past"
    }
  }

  private func measurement(_ mixer: String, _ length: Int, _ mode: ComparisonMode) -> ComparisonMeasurement? {
    measurements.first { $0.mixer == mixer && $0.length == length && $0.mode == mode }
  }

  /// Mixers against lengths, the fastest at the greatest length first.
  private func table(_ mode: ComparisonMode) -> TextTable {
    let lengths = comparison.lengths
    let exponents = MixerComparison.exponents(measurements.filter { $0.mode == mode })
    let last = lengths.last!
    var table = TextTable(
      heading: [mode == .decode ? "past" : "length"] + lengths.map(Quantity.grouped)
        + ["exponent", "memory at \(Quantity.grouped(last))", "faster than softmax"])
    let layers = comparison.layers.sorted {
      measurement($0.name, last, mode)?.medianSeconds ?? .infinity
        < measurement($1.name, last, mode)?.medianSeconds ?? .infinity
    }
    for layer in layers {
      let cells = lengths.map {
        measurement(layer.name, $0, mode).map { Quantity.duration(seconds: $0.medianSeconds) } ?? "–"
      }
      let exponent = exponents.first { $0.0.mixer == layer.name }.map { exponent, error in
        Quantity.fixed(exponent.exponent, digits: 2) + (error.map { " ± " + Quantity.fixed($0, digits: 2) } ?? "")
      }
      table.rows.append(
        [layer.name + (layer.replacesFeedForward && !isBlocks ? " *" : "")] + cells
          + [
            exponent ?? "–", measurement(layer.name, last, mode).map { Quantity.bytes($0.peakByteCount) } ?? "–",
            layer.name == "softmax" ? "" : overtaking(layer.name, mode),
          ])
    }
    return table
  }

  private var isBlocks: Bool { comparison.layers.contains { $0.isBlocks } }

  /// From which measured length on a mixer is always faster than softmax attention.
  private func overtaking(_ mixer: String, _ mode: ComparisonMode) -> String {
    var first: Int?
    for length in comparison.lengths {
      guard let own = measurement(mixer, length, mode), let other = measurement("softmax", length, mode) else {
        continue
      }
      if own.medianSeconds < other.medianSeconds { first = first ?? length } else { first = nil }
    }
    guard let first else { return "at none" }
    return first == comparison.lengths[0] ? "at all" : "from \(Quantity.grouped(first))"
  }

  private var notes: [String] {
    var lines: [String] = []
    let last = comparison.lengths.last!
    for mode in comparison.modes {
      let known = measurements.filter { $0.mode == mode && $0.length == last }
      guard let best = known.min(by: { $0.medianSeconds < $1.medianSeconds }), known.count > 1,
        let softmax = known.first(where: { $0.mixer == "softmax" })
      else { continue }
      let what =
        mode == .decode
        ? "One more position after \(Quantity.grouped(last))"
        : "\(mode.rawValue) over \(Quantity.grouped(last)) positions"
      lines.append(
        "\(what): \(best.mixer) is the fastest, \(Quantity.duration(seconds: best.medianSeconds))"
          + (best.mixer == "softmax"
            ? "." : "; softmax takes \(Quantity.rounded(softmax.medianSeconds / best.medianSeconds)) times as long."))
    }
    let greatest = differences.values.max() ?? 0
    lines.append(
      "The parallel, chunked and step-by-step forms of each mixer agree; the greatest difference is "
        + "\(Quantity.rounded(greatest * 1e6)) millionths of the output.")
    if !isBlocks, comparison.layers.contains(where: \.replacesFeedForward) {
      lines.append("* does the work of a feed-forward layer too; --blocks compares blocks of about equal parameters.")
    }
    if measurements.contains(where: { $0.repetitions < 3 }) {
      lines.append("Some were timed less than three times; more --seconds give steadier times and exponents.")
    }
    if comparison.lengths.count < 3 { lines.append("An exponent needs three lengths or more to be trusted.") }
    return lines
  }

  /// Time against length, both axes logarithmic.
  func chart(command: String) -> LineChart {
    let mode = comparison.modes.contains(.training) ? .training : comparison.modes[0]
    let series = comparison.layers.map { layer in
      let points = measurements.filter { $0.mixer == layer.name && $0.mode == mode }
      return LineChart.Series(
        layer.name, points: points.map { SIMD2(Double($0.length), $0.medianSeconds) }, style: .lineAndPoints)
    }
    return LineChart(
      title: title(mode), x: ChartAxis("length", unit: "positions", scale: .logarithmic),
      y: ChartAxis("time", unit: "s", scale: .logarithmic), series: series.filter { !$0.points.isEmpty },
      command: command)
  }
}
