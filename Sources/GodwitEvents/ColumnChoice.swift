/// Which column of a table has the events: the one that was asked for, or else the one that its values and its heading show.
struct ColumnChoice {
  let column: EventData.Column
  let heading: String?
  /// Whether the first record holds headings.
  let hasHeadingRow: Bool

  /// How many records are looked at.
  private static let sampleSize = 1000

  init(_ text: DelimitedText, _ asked: String?, _ kind: EventData.Kind?) throws(EventFileProblem.Located) {
    let records = try text.records(first: ColumnChoice.sampleSize)
    guard let first = records.first else {
      (column, heading, hasHeadingRow) = (EventData.Column(index: 0, count: 1, reason: nil), nil, false)
      return
    }
    if asked == nil, let record = try text.doubtfulRecord() {
      let fields = record.fields.map { text.bytes(of: $0).text }
      throw EventFileProblem.doubtfulComma(fields.joined(separator: ",")).onLine(record.line)
    }
    let names = first.fields.map { text.bytes(of: $0).text }
    // The field of a heading may be missing, as above the numbers of the lines.
    let width = records.dropFirst().reduce(names.count) { max($0, $1.fields.count) }
    let profiles = (0..<width).map { index in
      ColumnProfile(
        index: index, name: index < names.count ? names[index] : "",
        rows: records.dropFirst().compactMap { record in
          index < record.fields.count ? text.bytes(of: record.fields[index]) : nil
        })
    }
    let hasHeadingRow = profiles.contains { profile in
      profile.isCandidate && profile.index < names.count
        && ColumnChoice.isHeading(text.bytes(of: first.fields[profile.index]))
    }
    if let asked {
      let isName = names.contains(asked)
      guard let index = Int(asked).flatMap({ $0 >= 1 ? $0 - 1 : nil }) ?? names.firstIndex(of: asked) else {
        throw EventFileProblem.unknownColumn(asked, names: names).onLine(first.line)
      }
      column = EventData.Column(index: index, count: width, reason: width > 1 ? "as asked" : nil)
      self.hasHeadingRow = (isName && Int(asked) == nil) || (hasHeadingRow && index < names.count)
      heading = self.hasHeadingRow && !names[index].isEmpty ? names[index] : nil
      return
    }
    self.hasHeadingRow = hasHeadingRow
    guard width > 1 else {
      column = EventData.Column(index: 0, count: 1, reason: nil)
      heading = hasHeadingRow ? names[0] : nil
      return
    }
    // Without headings the first record is one of data.
    let whole =
      hasHeadingRow
      ? profiles
      : profiles.map { profile in
        ColumnProfile(
          index: profile.index, name: "",
          rows: records.compactMap { record in
            profile.index < record.fields.count ? text.bytes(of: record.fields[profile.index]) : nil
          })
      }
    let (index, reason) = try ColumnChoice.choose(whole, kind)
    column = EventData.Column(index: index, count: width, reason: reason)
    heading = hasHeadingRow && column.index < names.count && !names[column.index].isEmpty ? names[column.index] : nil
  }

  /// Whether a field in the first record is a heading: a word that is no value.
  static func isHeading(_ field: ArraySlice<UInt8>) -> Bool {
    guard let first = field.text.first, first.isLetter || first == "_" || first == "(" else { return false }
    return EventTime(field) == nil && !MissingValue.isOne(field) && Double(field.text) == nil
  }

  // MARK: The choice

  private static func choose(
    _ profiles: [ColumnProfile], _ kind: EventData.Kind?
  ) throws(EventFileProblem.Located) -> (Int, String?) {
    let candidates = profiles.filter(\.isCandidate)
    let numbers = candidates.filter { $0.form == .number && !$0.isRunningNumber }
    if kind == .counts {
      let counts = numbers.filter(\.isWhole)
      if let chosen = try choose(counts, .counts, "of whole numbers", \.countScore) { return chosen }
      return try fallback(profiles, candidates)
    }
    // A column that should have the times and has none that are read: better its first line as an error than another column.
    let unread = profiles.first(where: \.isUnreadTime)
    let dates = candidates.filter { $0.form == .date }
    if let unread, unread.timeScore > (dates.map(\.timeScore).max() ?? 0) { return (unread.index, "by its heading") }
    if let chosen = try choose(dates, .times, "of dates", \.timeScore) {
      let profile = profiles[chosen.0]
      if profile.hasOnlyDays, let clock = profiles.first(where: \.isTimeOfDay) {
        throw EventFileProblem.splitDate(date: profile.title, timeOfDay: clock.title).anywhere
      }
      // Numbers of events on days one after the other, or the days of events?
      let counts = numbers.filter(\.isWhole)
      if kind == nil, profile.isRegular, !counts.isEmpty {
        throw EventFileProblem.doubtfulColumn(nil, candidates: (counts + [profile]).map(\.title)).anywhere
      }
      return chosen
    }
    let lengths = candidates.filter { $0.form == .length }
    if let chosen = try choose(lengths, .times, "with units", \.timeScore) { return chosen }
    let epochs = numbers.filter(\.isEpoch)
    if let chosen = try choose(epochs, .times, "of times since 1970", \.timeScore) { return chosen }
    if let unread { return (unread.index, "by what it looks like") }
    let what = "of numbers that do not just number the lines"
    if let chosen = try choose(numbers, kind, what, { kind == .times ? $0.timeScore : $0.eventScore }) { return chosen }
    return try fallback(profiles, candidates)
  }

  /// The only column of some, or the one whose heading says most, or whose numbers alone go one way.
  private static func choose(
    _ profiles: [ColumnProfile], _ kind: EventData.Kind?, _ what: String, _ score: (ColumnProfile) -> Int
  ) throws(EventFileProblem.Located) -> (Int, String?)? {
    if profiles.isEmpty { return nil }
    if profiles.count == 1 { return (profiles[0].index, "the only one \(what)") }
    let best = profiles.map(score).max() ?? 0
    let leading = profiles.filter { score($0) == best }
    if leading.count == 1, best > 0 { return (leading[0].index, "by its heading") }
    let oneWay = profiles.filter(\.goesOneWay)
    if best == 0, profiles.allSatisfy(\.name.isEmpty), kind != .counts, oneWay.count == 1 {
      return (oneWay[0].index, "its numbers go one way")
    }
    throw EventFileProblem.doubtfulColumn(kind, candidates: (best > 0 ? leading : profiles).map(\.title)).anywhere
  }

  /// Where nothing can be meant: an error if there are but running numbers, else the first column, whose first value tells.
  private static func fallback(
    _ profiles: [ColumnProfile], _ candidates: [ColumnProfile]
  ) throws(EventFileProblem.Located) -> (Int, String?) {
    if let running = candidates.first(where: \.isRunningNumber) {
      throw EventFileProblem.runningNumber(column: running.title, example: running.example).anywhere
    }
    return (candidates.first?.index ?? 0, nil)
  }
}
