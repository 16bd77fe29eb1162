import GodwitBenchmarks
import GodwitModels

extension CompareReport {
  /// Which mixer is faster than softmax attention from which length on, what the past costs, and how far to trust it.
  var answer: [String] {
    comparison.modes.compactMap(speed) + [memoryOfThePast].compactMap { $0 } + reservations
  }

  /// The fastest at the greatest length that softmax attention reached, and from where on each mixer overtakes it.
  private func speed(_ mode: ComparisonMode) -> String? {
    guard let last = lastLength(mode, of: "softmax"), let softmax = measurement("softmax", last, mode) else {
      return nil
    }
    let others = comparison.layers.filter { $0.name != "softmax" && measurement($0.name, last, mode) != nil }
    guard !others.isEmpty else { return nil }
    let what =
      mode == .decode
      ? "One more position after \(Quantity.grouped(last))"
      : "\(mode.rawValue) over \(Quantity.grouped(last)) positions"
    let best = others.min { seconds($0, last, mode) < seconds($1, last, mode) }!
    let bestSeconds = seconds(best, last, mode)
    let verdict =
      bestSeconds < softmax.medianSeconds
      ? "\(label(best)) is the fastest, \(Quantity.duration(seconds: bestSeconds)); softmax takes "
        + "\(Quantity.rounded(softmax.medianSeconds / bestSeconds)) times as long."
      : "softmax is the fastest, \(Quantity.duration(seconds: softmax.medianSeconds))."
    let groups = Dictionary(grouping: others) { overtaking($0.name, mode) }
    let parts = groups.keys.sorted { ($0 ?? .max) < ($1 ?? .max) }.map { length in
      "\(overtakingText(length)): " + groups[length]!.map(label).joined(separator: ", ")
    }
    return "\(what): \(verdict) Faster than softmax " + parts.joined(separator: "; ") + "."
  }

  private func seconds(_ layer: ComparedLayer, _ length: Int, _ mode: ComparisonMode) -> Double {
    measurement(layer.name, length, mode)?.medianSeconds ?? .infinity
  }

  /// What each mixer keeps of the past.
  private var memoryOfThePast: String? {
    guard let last = lastLength(.decode) else { return nil }
    func list(_ layers: [ComparedLayer]) -> String? {
      let parts = layers.compactMap { layer in
        measurement(layer.name, last, .decode).map { "\(layer.name) \(Quantity.bytes($0.stateByteCount))" }
      }
      return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
    let growing = list(comparison.layers.filter(\.stateGrows)).map { "growing with it: \($0)" }
    let constant = list(comparison.layers.filter { !$0.stateGrows }).map { "bounded: \($0)" }
    return "Kept of a past of \(Quantity.grouped(last)), "
      + [growing, constant].compactMap { $0 }.joined(separator: "; ")
      + "."
  }

  private var reservations: [String] {
    let greatest = differences.values.max() ?? 0
    var lines = [
      "The parallel, chunked and step-by-step forms of each mixer agree; the greatest difference is "
        + "\(Quantity.rounded(greatest * 1e6)) millionths of the output."
    ]
    if isBlocks {
      lines.append("Residual blocks of about equal parameters were measured, feed-forward layers included.")
    } else if comparison.layers.contains(where: \.replacesFeedForward) {
      lines.append("* does the work of a feed-forward layer too; --blocks compares blocks of about equal parameters.")
    }
    if !skipped.isEmpty { lines.append("– was left out, as the memory would not do, or not reached.") }
    if measurements.contains(where: { $0.repetitions < 3 }) {
      lines.append("Some were timed less than three times; more --seconds give steadier times and exponents.")
    }
    let exponents = MixerComparison.exponents(measurements)
    if comparison.lengths.count < 3 {
      lines.append("An exponent needs three lengths or more to be trusted.")
    } else if exponents.contains(where: { ($0.standardError ?? 0) > 0.1 }) {
      lines.append(
        "An exponent with more than ± 0.10 is doubtful: the times are not a power of the length here, or the machine was "
          + "busy.")
    }
    return lines
  }
}
