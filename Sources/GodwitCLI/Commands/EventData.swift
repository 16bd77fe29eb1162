import ArgumentParser
import Foundation
import GodwitModels

/// Events from a file: their times, or their numbers in equal intervals.
struct EventData {
  enum Kind: String, CaseIterable, ExpressibleByArgument { case times, counts }

  let kind: Kind
  /// How the kind was found, for the answer.
  let reason: String
  /// What stands above the values and is none.
  let heading: String?
  /// Which column was read of how many, where there are more than one.
  let column: String?
  /// The times from the first on, ascending, in seconds where they have a unit.
  let times: [Double]
  let hasUnit: Bool
  let counts: [Int]

  /// A line that has a value.
  private struct Entry {
    let line: Int
    let text: String
    let time: EventTime
  }

  /// - Parameter column: its name or number; nil for the first.
  /// - Throws: `CommandFailure` that names the line, what is there and what was expected.
  init(_ path: String, as asked: Kind?, column: String?) throws {
    let text = String(decoding: try PromptFile.bytes(path), as: UTF8.self)
    let (entries, heading, column) = try EventData.entries(text, path, column)
    guard let first = entries.first else {
      throw CommandFailure("\(path): there are no events in it; expected on each line \(EventTime.expectation)")
    }
    (kind, reason) = try EventData.kind(entries, asked, path)
    (self.heading, self.column) = (heading, column)
    hasUnit = first.time.form != .number
    switch kind {
    case .times: (times, counts) = (try EventData.times(entries, path), [])
    case .counts: (times, counts) = ([], try EventData.counts(entries, path))
    }
  }

  /// The values of a column, what stands above them, and which column of how many it is.
  private static func entries(
    _ text: String, _ path: String, _ column: String?
  ) throws -> (entries: [Entry], heading: String?, column: String?) {
    let table = DelimitedText(text)
    if column == nil, table.hasDoubtfulCommas, let first = table.lines.first {
      throw CommandFailure(
        "\(path):\(first.number): '\(shown(first.fields.joined(separator: ",")))': the comma may be between columns or "
          + "before decimals: say --column 1, or write decimals behind a point")
    }
    var lines = table.lines[...]
    let index = try lines.first.map { try EventData.index(of: column, $0, path) } ?? 0
    var heading: String?
    if let column, Int(column) == nil, !lines.isEmpty { (heading, lines) = (column, lines.dropFirst()) }
    var entries: [Entry] = []
    for line in lines {
      guard index < line.fields.count else {
        throw CommandFailure(
          "\(path):\(line.number): there \(line.fields.count == 1 ? "is" : "are") "
            + "\(Quantity.counted(line.fields.count, "column")), expected \(index + 1) or more")
      }
      let field = line.fields[index]
      if let time = EventTime(field) {
        entries.append(Entry(line: line.number, text: field, time: time))
      } else if entries.isEmpty, heading == nil, field.first?.isLetter == true, Double(field) == nil {
        heading = field
      } else {
        throw CommandFailure("\(path):\(line.number): '\(shown(field))': \(EventTime.objection(to: field))")
      }
    }
    let columns = lines.first?.fields.count ?? 1
    return (entries, heading, columns > 1 ? "column \(index + 1) of \(columns)" : nil)
  }

  /// The index of a column by its name or number; the first where none is asked for.
  private static func index(of column: String?, _ heading: DelimitedText.Line, _ path: String) throws -> Int {
    guard let column else { return 0 }
    if let number = Int(column), number >= 1 { return number - 1 }
    if let index = heading.fields.firstIndex(of: column) { return index }
    let names = heading.fields.map { "'\(shown($0))'" }.joined(separator: ", ")
    throw CommandFailure(
      "\(path):\(heading.number): --column \(column): expected a number from 1 on, or one of \(names)")
  }

  private static func shown(_ text: String) -> String { text.count > 60 ? text.prefix(59) + "…" : text }

  private static func kind(_ entries: [Entry], _ asked: Kind?, _ path: String) throws -> (Kind, String) {
    if let asked { return (asked, "as --as says") }
    if entries.contains(where: { $0.time.form == .date }) { return (.times, "they are dates") }
    if entries.contains(where: { $0.time.form == .length }) { return (.times, "they have units") }
    let values = entries.map(\.time.value)
    if values.contains(where: { $0 != $0.rounded() }) {
      return (.times, "they are not whole; if they are wrong counts, say --as counts")
    }
    let counts = (Kind.counts, "they are whole and do not rise from line to line; for times say --as times")
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    guard values.count >= 3, steps.allSatisfy({ $0 >= 0 }), let greatest = steps.max(), greatest > 0 else {
      return counts
    }
    let rising = steps.count { $0 > 0 }
    if rising == steps.count { return (.times, "they rise from line to line; for counts say --as counts") }
    // Whole numbers in ascending order, some of them equal: counts that were sorted, or times that were rounded. Counts
    // are near 0 or far apart, are mostly equal, and spread about as Poisson ones; times go on evenly.
    let mean = values.reduce(0, +) / Double(values.count)
    let index = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (mean * Double(values.count))
    let goesOn = index > 10 && greatest < (values[values.count - 1] - values[0]) / 10
    if values[0] >= 1000 * greatest || goesOn || 4 * (rising + 1) > 3 * values.count {
      return (.times, "they never fall from line to line; for counts say --as counts")
    }
    if values.count >= 20, 4 * (rising + 1) <= values.count, index < 3 { return counts }
    throw CommandFailure(
      "\(path): these whole numbers never fall, and may be times that were rounded or counts that were sorted: "
        + "say --as times or --as counts")
  }

  private static func times(_ entries: [Entry], _ path: String) throws -> [Double] {
    let first = entries[0]
    for (previous, entry) in zip(entries, entries.dropFirst()) {
      guard entry.time.form == first.time.form else {
        throw CommandFailure(
          "\(path):\(entry.line): '\(shown(entry.text))': expected \(first.time.form.name), as on line \(first.line)")
      }
      guard entry.time.hasZone == first.time.hasZone else {
        throw CommandFailure(
          "\(path):\(entry.line): '\(shown(entry.text))': expected a time "
            + "\(first.time.hasZone ? "with" : "without") a zone, as on line \(first.line)")
      }
      guard entry.time.value >= previous.time.value else {
        throw CommandFailure(
          "\(path):\(entry.line): '\(shown(entry.text))' is before '\(shown(previous.text))' on line \(previous.line): "
            + "expected times that go forward; sort the file, or say --as counts if these are numbers of events")
      }
    }
    return entries.map { $0.time.value - first.time.value }
  }

  private static func counts(_ entries: [Entry], _ path: String) throws -> [Int] {
    try entries.map { entry in
      guard entry.time.form == .number, let count = WholeNumber.parse(entry.text), count >= 0 else {
        throw CommandFailure(
          "\(path):\(entry.line): '\(shown(entry.text))': expected a whole number of events, from 0 to 1e15; "
            + "if these are times, say --as times")
      }
      return count
    }
  }
}
