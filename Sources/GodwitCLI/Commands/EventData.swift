import ArgumentParser
import Foundation

/// Events from a file: their times, or their numbers in equal intervals.
struct EventData {
  enum Kind: String, CaseIterable, ExpressibleByArgument { case times, counts }

  let kind: Kind
  /// How the kind was found, for the answer.
  let reason: String
  /// What stands above the values and is none.
  let heading: String?
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

  /// - Throws: `CommandFailure` that names the line, what is there and what was expected.
  init(_ path: String, as asked: Kind?) throws {
    let (entries, heading) = try EventData.entries(String(decoding: PromptFile.bytes(path), as: UTF8.self), path)
    guard let first = entries.first else {
      throw CommandFailure("\(path): there are no events in it; expected on each line \(EventTime.expectation)")
    }
    (kind, reason) = EventData.kind(entries, asked)
    self.heading = heading
    hasUnit = first.time.form != .number
    switch kind {
    case .times: (times, counts) = (try EventData.times(entries, path), [])
    case .counts: (times, counts) = ([], try EventData.counts(entries, path))
    }
  }

  /// The values of the first column, and what stands above them.
  private static func entries(_ text: String, _ path: String) throws -> (entries: [Entry], heading: String?) {
    var entries: [Entry] = []
    var heading: String?
    let lines = text.drop { $0 == "\u{FEFF}" }.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let line = line.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let field = (line.split(omittingEmptySubsequences: false) { ",;\t".contains($0) }.first ?? "")
        .trimmingCharacters(in: CharacterSet(charactersIn: " \""))
      if let time = EventTime(field) {
        entries.append(Entry(line: index + 1, text: field, time: time))
      } else if entries.isEmpty, heading == nil, field.first?.isLetter == true, Double(field) == nil {
        heading = field
      } else {
        throw CommandFailure("\(path):\(index + 1): '\(shown(field))': expected \(EventTime.expectation)")
      }
    }
    return (entries, heading)
  }

  private static func shown(_ text: String) -> String { text.count > 60 ? text.prefix(59) + "…" : text }

  private static func kind(_ entries: [Entry], _ asked: Kind?) -> (Kind, String) {
    if let asked { return (asked, "as --as says") }
    if entries.contains(where: { $0.time.form == .date }) { return (.times, "they are dates") }
    if entries.contains(where: { $0.time.form == .length }) { return (.times, "they have units") }
    let values = entries.map(\.time.value)
    if values.contains(where: { $0 != $0.rounded() }) {
      return (.times, "they are not whole; if they are wrong counts, say --as counts")
    }
    return values.count >= 3 && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
      ? (.times, "they rise from line to line; for counts say --as counts")
      : (.counts, "they are whole and do not rise from line to line; for times say --as times")
  }

  private static func times(_ entries: [Entry], _ path: String) throws -> [Double] {
    let first = entries[0]
    for (previous, entry) in zip(entries, entries.dropFirst()) {
      guard entry.time.form == first.time.form else {
        throw CommandFailure(
          "\(path):\(entry.line): '\(shown(entry.text))': expected \(first.time.form.name), as on line \(first.line)")
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
