import ArgumentParser
import Foundation
import GodwitEvents
import GodwitModels
import GodwitPlot
import GodwitRandom

/// `godwit poisson --test`.
extension PoissonCommand {
  func validateTest() throws {
    try refuseEmptyPath(test, "--test")
    let others = [
      ("--rate", rate), ("--at-least", atLeast), ("--at-most", atMost), ("--exactly", exactly),
      ("--gap-within", gapWithin), ("--simulate", simulate),
    ]
    if let other = others.first(where: { $0.1 != nil }) {
      throw ValidationError("--test and \(other.0): the rate is that of the events; leave \(other.0) out")
    }
    if let interval, Span(interval) == nil {
      throw ValidationError("--in \(interval): expected \(Span.expectation)")
    }
  }

  func test(_ path: String, on console: Console) throws {
    let data: EventData
    do { data = try EventData(path, as: kind, column: column, skipsMissing: skipMissing, words: .commandLine) } catch {
      throw CommandFailure(error.text(.commandLine))
    }
    let path = path == "-" ? "standard input" : path
    let span = interval.flatMap { Span($0) }
    if let span, data.kind == .times, span.hasUnit != data.hasUnit {
      throw CommandFailure(
        "--in \(interval ?? ""): the times in \(path) have \(data.hasUnit ? "units" : "no units"); give it "
          + (data.hasUnit ? "one too, as in --in 1h" : "none either, as in --in 10"))
    }
    let report: PoissonReport
    do { report = try PoissonReport(data, interval: span, seed: seed.seed) } catch {
      throw CommandFailure("\(path): \(error)")
    }
    for line in lines(report, path) { console.result(line) }
    for object in objects(report, path) { console.emit(object) }
    try plot.write(on: console) { try chart(report, path, command: $0).svg }
  }

  // MARK: Words

  private func lines(_ report: PoissonReport, _ path: String) -> [String] {
    let data = report.data
    let intervals = data.kind == .counts ? " in \(Quantity.counted(report.counts.count, "interval"))" : ""
    var lines = [
      "\(TerminalText.escaped(path)): \(Quantity.counted(report.events, "event"))\(intervals), read as "
        + "\(data.kind.rawValue)\(sourceText(data)): \(data.reason)"
    ]
    if data.missing > 0 {
      lines.append("\(Quantity.counted(data.missing, "line")) without a value left out (--skip-missing)")
    }
    if data.order == .mixed { lines.append("the times were not in order, and were put in order") }
    lines.append(rateLine(report))
    if let hint = hint(report) { lines.append(hint) }
    if data.kind == .times, let width = report.interval {
      lines.append(
        "counted in \(Quantity.counted(report.counts.count, "interval")) of \(text(width, data.hasUnit)) from the first "
          + "event on")
    }
    if let resolution = report.resolution {
      lines.append(
        "the times are rounded to \(unitText(resolution, data.hasUnit)): for the tests each was put at random within "
          + "that (--seed \(seed.seed))")
    }
    for outcome in report.outcomes {
      let name = outcome.name.padding(toLength: 11, withPad: " ", startingAt: 0)
      switch outcome.result {
      case .success(let result):
        let isAgainst = result.pValue < PoissonReport.level
        lines.append("\(name)  \(PoissonReport.text(pValue: result.pValue)): \(outcome.summary(result))")
        lines.append("             " + (isAgainst ? outcome.objection(result) : outcome.agreement))
      case .failure(let error): lines.append("\(name)  not tested: \(error)")
      }
    }
    let most = report.results.count > 1 ? " (the least of \(report.results.count), times \(report.results.count))" : ""
    lines.append("all in all   \(PoissonReport.text(pValue: report.pValue))\(most): \(report.verdict)")
    return lines
  }

  /// Which column was read, and what stands above it.
  private func sourceText(_ data: EventData) -> String {
    let heading = data.heading.map { ", below the heading '\(TerminalText.onOneLine($0))'" } ?? ""
    guard data.column.count > 1 else { return heading }
    let reason = data.column.reason.map { " (\($0))" } ?? ""
    return ", column \(data.column.index + 1) of \(data.column.count)\(heading)\(reason)"
  }

  /// What the times and the rate are if the numbers are times since 1970.
  private func hint(_ report: PoissonReport) -> String? {
    guard let (unit, start) = report.data.epoch else { return nil }
    let end = start + (report.data.times.last ?? 0) * unit.length
    let rate = report.rate / unit.length
    let timeUnit = TimeUnit.fitting(ratePerSecond: rate)
    return "hint: if these are \(unit.rawValue) since 1970, they go from \(EventDate.text(seconds: start)) to "
      + "\(EventDate.text(seconds: end)), and the rate is \(PoissonReport.digits(rate * timeUnit.seconds)) per "
      + timeUnit.name
  }

  /// The rate and its interval, with so many digits that they differ.
  private func rateLine(_ report: PoissonReport) -> String {
    let (lower, upper) = (report.rateInterval.lowerBound, report.rateInterval.upperBound)
    let magnitude = log10((upper - lower) / upper).rounded(.down)
    let digits = magnitude.isFinite ? Int(min(max(3 - magnitude, 4), 15)) : 4
    let texts = [report.rate, lower, upper].map {
      String(format: "%.\(digits)g", $0 * (report.unit?.seconds ?? 1))
    }
    return "rate \(texts[0]) \(perUnit(report)), with 95 % confidence from \(texts[1]) to \(texts[2])"
  }

  private func perUnit(_ report: PoissonReport) -> String {
    if let unit = report.unit { return "per \(unit.name)" }
    return report.data.kind == .times || interval != nil ? "per unit of time" : "per interval"
  }

  private func text(_ width: Double, _ hasUnit: Bool) -> String {
    interval ?? (hasUnit ? TimeUnit.text(seconds: width) : PoissonReport.digits(width))
  }

  /// A unit that times are rounded to, in the longest of ours of which it is 1 or more.
  private func unitText(_ length: Double, _ hasUnit: Bool) -> String {
    guard hasUnit else { return PoissonReport.digits(length) }
    // The unit may be known but nearly.
    let unit = TimeUnit.all.last { length >= 0.999 * $0.seconds } ?? TimeUnit.all[0]
    return "\(PoissonReport.digits(length / unit.seconds)) \(unit.name)"
  }

  // MARK: Objects

  private func objects(_ report: PoissonReport, _ path: String) -> [JSONLine] {
    var summary: JSONLine = [
      "file": .text(path), "kind": .text(report.data.kind.rawValue), "reason": .text(report.data.reason),
      "events": .integer(report.events),
      "intervals": .integer(report.counts.count),
    ]
    summary["column"] = .integer(report.data.column.index + 1)
    summary["columns"] = .integer(report.data.column.count)
    if let heading = report.data.heading { summary["heading"] = .text(heading) }
    if let reason = report.data.column.reason { summary["columnReason"] = .text(reason) }
    if report.data.missing > 0 { summary["missing"] = .integer(report.data.missing) }
    if report.data.kind == .times { summary["order"] = .text(report.data.order.rawValue) }
    if let epoch = report.data.epoch { summary["unitSince1970"] = .text(epoch.unit.rawValue) }
    let isTimed = report.unit != nil
    if let width = report.interval { summary[isTimed ? "intervalSeconds" : "interval"] = .number(width) }
    if let resolution = report.resolution {
      summary[isTimed ? "spreadWithinSeconds" : "spreadWithin"] = .number(resolution)
    }
    let rate = isTimed ? "ratePerSecond" : "rate"
    summary[rate] = .number(report.rate)
    summary[rate + "Lower"] = .number(report.rateInterval.lowerBound)
    summary[rate + "Upper"] = .number(report.rateInterval.upperBound)
    summary["confidence"] = 0.95
    let tests = report.outcomes.map { outcome -> JSONLine in
      switch outcome.result {
      case .success(let result):
        [
          "test": .text(outcome.name), "statistic": .number(result.statistic),
          "degreesOfFreedom": result.degreesOfFreedom.map { .integer($0) } ?? .null, "pValue": .number(result.pValue),
          "verdict": .text(
            result.pValue < PoissonReport.level ? outcome.objection(result) : outcome.agreement),
        ]
      case .failure(let error): ["test": .text(outcome.name), "pValue": .null, "verdict": .text("\(error)")]
      }
    }
    return [summary] + tests + [
      ["test": "all", "pValue": .number(report.pValue), "verdict": .text(report.verdict)]
    ]
  }

  // MARK: The picture

  /// The gaps, or the counts, in bars, beside how many are expected in each.
  private func chart(_ report: PoissonReport, _ path: String, command: String) throws -> LineChart {
    let isTimes = report.data.kind == .times
    let unit = isTimes ? report.unit : nil
    let scale = unit?.seconds ?? 1
    let values = isTimes ? gaps(report.times).map { $0 / scale } : report.counts.map(Double.init)
    let law: any Distribution
    var support: ClosedRange<Double>?
    if isTimes {
      law = try Exponential(rate: report.rate * scale)
    } else {
      let counts = try Poisson.fit(report.counts).distribution
      // Also counts that were not found, until a tenth of an interval is expected of all that are further out.
      let tail = 0.1 / Double(values.count)
      support = Double(counts.quantile(tail))...Double(counts.quantile(1 - tail))
      law = counts
    }
    let bars = HistogramBars(values, isWhole: !isTimes, reaching: support)
    let expected = zip(bars.edges, bars.edges.dropFirst()).map { low, high in
      SIMD2((low + high) / 2, Double(values.count) * (law.cdf(high) - law.cdf(low)))
    }
    return LineChart(
      title: isTimes ? "Gaps between the events of \(path)" : "Events of \(path)",
      x: ChartAxis(isTimes ? "gap" : "number of events in an interval", unit: unit?.name),
      y: ChartAxis(isTimes ? "gaps" : "intervals"),
      series: [
        LineChart.Series("found", points: bars.outline),
        LineChart.Series(
          "\(isTimes ? "exponential" : "Poisson") of mean \(PoissonReport.digits(law.mean))", points: expected,
          style: .lineAndPoints),
      ], command: command)
  }

  private func gaps(_ times: [Double]) -> [Double] { zip(times.dropFirst(), times).map { $0 - $1 } }
}

extension EventData.Kind: ExpressibleByArgument {}
