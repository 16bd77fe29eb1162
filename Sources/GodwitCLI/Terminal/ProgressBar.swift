import GodwitModels

/// How far a long work has come: a bar that moves on a terminal, a plain line every few seconds elsewhere.
package struct ProgressBar {
  private let console: Console
  private let label: String
  /// The number of steps, which may turn out to be another one.
  package var total: Int {
    didSet { total = max(total, 1) }
  }
  private let unitsPerStep: Double
  private let unit: String
  private let isTerminal: Bool
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private let first: Int
  private var lastShown: ContinuousClock.Instant?
  private var isDrawn = false

  /// - Parameters:
  ///   - total: the number of steps.
  ///   - done: the steps done before this process began, which do not count in the rate.
  ///   - unitsPerStep: how many `unit` one step works through.
  ///   - unit: what the rate counts, such as "tokens".
  package init(
    _ label: String, total: Int, done: Int = 0, unitsPerStep: Double = 1, unit: String, on console: Console
  ) {
    self.console = console
    self.label = label
    self.total = max(total, 1)
    self.unitsPerStep = unitsPerStep
    self.unit = unit
    isTerminal = StandardStream.error.isTerminal
    start = clock.now
    first = done
  }

  /// Shows that `done` steps are done, with `detail` (such as a loss) beside it; cheap to call at every step.
  package mutating func update(_ done: Int, detail: String = "") {
    guard console.showsNotes else { return }
    let now = clock.now
    let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(10)
    if let lastShown, now - lastShown < pause, done < total { return }
    lastShown = now
    let seconds = (now - start) / .seconds(1)
    let line = ProgressLine(
      label: label, done: done, total: total, detail: detail,
      rate: seconds > 0 ? Double(done - first) / seconds : 0, unitsPerStep: unitsPerStep, unit: unit)
    if isTerminal {
      StandardStream.error.write("\r\u{1B}[2K" + line.bar(columns: StandardStream.error.columns - 1))
      isDrawn = true
    } else {
      StandardStream.error.write(line: line.plain)
    }
  }

  /// Says something that stays, above the bar.
  package mutating func note(_ text: String) {
    if isDrawn { lastShown = nil }  // the bar comes back at the next step
    finish()
    console.note(text)
  }

  /// Takes the bar away.
  package mutating func finish() {
    if isDrawn { StandardStream.error.write("\r\u{1B}[2K") }
    isDrawn = false
  }
}

/// The words of a progress bar.
package struct ProgressLine {
  let label: String
  let done: Int
  let total: Int
  let detail: String
  let rate: Double  // steps per second
  let unitsPerStep: Double
  let unit: String

  package init(
    label: String, done: Int, total: Int, detail: String, rate: Double, unitsPerStep: Double, unit: String
  ) {
    self.label = label
    self.done = done
    self.total = total
    self.detail = detail
    self.rate = rate
    self.unitsPerStep = unitsPerStep
    self.unit = unit
  }

  /// One line of at most `columns` characters, with a bar as long as fits.
  package func bar(columns: Int) -> String {
    let percent = "\(min(done, total) * 100 / total) %"
    let after = " " + ([percent] + facts).joined(separator: " · ")
    let room = min(columns - label.count - 1 - after.count, 40)
    guard room >= 5 else { return String((label + after).prefix(columns)) }
    let filled = room * min(done, total) / total
    return label + " " + String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled) + after
  }

  package var plain: String {
    ([label + " \(Quantity.grouped(done))/\(Quantity.grouped(total))"] + facts).joined(separator: " · ")
  }

  private var facts: [String] {
    var facts: [String] = detail.isEmpty ? [] : [detail]
    guard rate > 0 else { return facts }
    facts.append("\(Quantity.rounded(rate * unitsPerStep)) \(unit)/s")
    if done < total { facts.append("\(Quantity.duration(seconds: Double(total - done) / rate)) left") }
    return facts
  }
}
