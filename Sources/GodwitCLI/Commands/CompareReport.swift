import GodwitBenchmarks
import GodwitKernels
import GodwitModels
import GodwitPlot

/// What a comparison of mixers found, in tables, in a few sentences and as a picture.
struct CompareReport {
  let comparison: MixerComparison
  let differences: [String: Double]
  var measurements: [ComparisonMeasurement] = []
  var skipped: [(mixer: String, length: Int, mode: ComparisonMode)] = []

  init(_ comparison: MixerComparison, differences: [String: Double]) {
    self.comparison = comparison
    self.differences = differences
  }

  /// A table for each mode, and the answer to which mixer.
  func text(markdown: Bool) -> String {
    guard !measurements.isEmpty else { return "nothing was measured" }
    var parts: [String] = []
    for mode in comparison.modes where measurements.contains(where: { $0.mode == mode }) {
      let table = table(mode)
      parts.append(
        (markdown ? "### " : "") + title(mode) + (markdown ? "\n" : "") + "\n"
          + (markdown ? table.markdown : table.plain))
    }
    return (parts + [answer.joined(separator: markdown ? "\n\n" : "\n")]).joined(separator: "\n\n")
  }

  private func title(_ mode: ComparisonMode) -> String {
    switch mode {
    case .forward: "Time of a forward pass"
    case .training: "Time of a forward and backward pass"
    case .decode: "Time of one more position after a past"
    }
  }

  func measurement(_ mixer: String, _ length: Int, _ mode: ComparisonMode) -> ComparisonMeasurement? {
    measurements.first { $0.mixer == mixer && $0.length == length && $0.mode == mode }
  }

  /// Mixers against lengths, the fastest at the greatest length first.
  private func table(_ mode: ComparisonMode) -> TextTable {
    let lengths = comparison.lengths
    let exponents = MixerComparison.exponents(measurements.filter { $0.mode == mode })
    let last = lastLength(mode) ?? lengths[0]
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
        [label(layer)] + cells
          + [
            exponent ?? "–", measurement(layer.name, last, mode).map { Quantity.bytes($0.peakByteCount) } ?? "–",
            layer.name == "softmax" ? "" : overtakingText(overtaking(layer.name, mode)),
          ])
    }
    return table
  }

  var isBlocks: Bool { comparison.layers.contains { $0.isBlocks } }

  /// The name, with the mark of those that do the work of a feed-forward layer too.
  func label(_ layer: ComparedLayer) -> String {
    layer.name + (layer.replacesFeedForward && !isBlocks ? " *" : "")
  }

  /// The greatest length at which anything, or the given mixer, was measured.
  func lastLength(_ mode: ComparisonMode, of mixer: String? = nil) -> Int? {
    measurements.filter { $0.mode == mode && (mixer == nil || $0.mixer == mixer) }.map(\.length).max()
  }

  /// From which measured length on a mixer is always faster than softmax attention; nil if at none.
  func overtaking(_ mixer: String, _ mode: ComparisonMode) -> Int? {
    var first: Int?
    for length in comparison.lengths {
      guard let own = measurement(mixer, length, mode), let other = measurement("softmax", length, mode) else {
        continue
      }
      if own.medianSeconds < other.medianSeconds { first = first ?? length } else { first = nil }
    }
    return first
  }

  /// The same in words.
  func overtakingText(_ first: Int?) -> String {
    guard let first else { return "nowhere" }
    return first == comparison.lengths[0] ? "everywhere" : "from \(Quantity.grouped(first))"
  }

  private var chartMode: ComparisonMode {
    comparison.modes.contains(.training) ? .training : comparison.modes[0]
  }

  /// Time against length, both axes logarithmic.
  func chart(command: String) -> LineChart {
    let mode = chartMode
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
