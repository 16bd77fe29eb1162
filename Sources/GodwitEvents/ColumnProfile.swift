/// What the first records of a table show of a column.
struct ColumnProfile {
  let index: Int
  /// Its heading; empty where there is none.
  let name: String
  private let times: [EventTime]
  /// How many values are neither times nor missing.
  private let others: Int
  /// Whether all values that are no times are as a time of day: 13:45.
  let isTimeOfDay: Bool
  /// Whether the values are as dates and cannot be read as such.
  private let looksLikeDates: Bool
  /// The first values as they stand there.
  let example: String

  init(index: Int, name: String, rows: [ArraySlice<UInt8>]) {
    (self.index, self.name) = (index, name)
    let order = DateOrder(rows)
    times = rows.compactMap { EventTime($0, order) }
    let rest = rows.filter { !MissingValue.isOne($0) && EventTime($0, order) == nil }
    others = rest.count
    looksLikeDates = !rest.isEmpty && rest.prefix(3).allSatisfy(EventDate.isLike)
    isTimeOfDay = times.isEmpty && !rest.isEmpty && rest.allSatisfy(ColumnProfile.isTimeOfDay)
    example = rows.prefix(3).map(\.text).joined(separator: ", ") + (rows.count > 3 ? ", …" : "")
  }

  /// The name for messages, the number where there is none.
  var title: String { name.isEmpty ? "\(index + 1)" : name }

  /// Whether nearly all values are times or numbers.
  var isCandidate: Bool { !times.isEmpty && 10 * others <= times.count }

  /// Whether the column should have the times, by its heading or the look of its values, and has none.
  var isUnreadTime: Bool { !isCandidate && others > 0 && !isTimeOfDay && (timeScore > 1 || looksLikeDates) }

  var form: EventTime.Form { times.first { $0.form != .number }?.form ?? .number }
  var isWhole: Bool { times.allSatisfy { $0.form == .number && $0.value >= 0 && $0.value == $0.value.rounded() } }
  var hasOnlyDays: Bool { form == .date && times.allSatisfy { $0.step >= 86_400 } }

  var isEpoch: Bool {
    let values = times.map(\.value)
    guard let least = values.min(), let greatest = values.max() else { return false }
    return EpochUnit(least, greatest) != nil
  }

  private var steps: [Double] { zip(times.dropFirst(), times).map { $0.value - $1.value } }

  /// Whether the values rise throughout, or fall.
  var goesOneWay: Bool {
    let steps = steps
    guard steps.count >= 4, steps.contains(where: { $0 != 0 }) else { return false }
    return steps.allSatisfy { $0 >= 0 } || steps.allSatisfy { $0 <= 0 }
  }

  /// Whether the values come one after the other at equal steps, or a month apart.
  var isRegular: Bool {
    let steps = steps.map { abs($0) }
    guard steps.count >= 2, let least = steps.min(), let greatest = steps.max() else { return false }
    return least > 0 && greatest <= (hasOnlyDays && least >= 27 * 86_400 ? 1.12 : 1) * least
  }

  /// Whether the numbers only tell the lines apart: one more than the line before, or named so.
  var isRunningNumber: Bool {
    if ColumnProfile.idWords.contains(where: words.contains) && timeScore <= 0 { return true }
    let steps = steps
    return steps.count >= 2 && isWhole && (steps.allSatisfy { $0 == 1 } || steps.allSatisfy { $0 == -1 })
  }

  // MARK: What the heading says

  /// The words of the name, in lower case: of `createdAt`, created and at.
  private var words: [String] { ColumnProfile.words(of: name) }

  private static func words(of name: String) -> [String] {
    var words = [""]
    var wasLower = false
    for character in name {
      if !character.isLetter || (character.isUppercase && wasLower) { words.append("") }
      if character.isLetter { words[words.count - 1] += character.lowercased() }
      if character == "#" { words[words.count - 1] = "#" }
      wasLower = character.isLowercase
    }
    return words.filter { !$0.isEmpty }
  }

  /// How much the heading is that of the times of events: 3 for a time, 2 for one among other words, 1 for a beginning, −1 for an end
  /// or a change.
  var timeScore: Int {
    let words = words
    if ColumnProfile.laterWords.contains(where: words.contains) { return -1 }
    let named = words.count { ColumnProfile.timeWords.contains($0) }
    if named > 0 { return named == words.count ? 3 : 2 }
    return ColumnProfile.startWords.contains(where: words.contains) ? 1 : 0
  }

  /// How much the heading is that of numbers of events.
  var countScore: Int { ColumnProfile.countScore(name) }

  static func countScore(_ name: String) -> Int {
    let words = words(of: name)
    let named = words.count { ColumnProfile.countWords.contains($0) }
    return named == 0 ? 0 : named == words.count ? 3 : 2
  }

  /// How much it is that of either.
  var eventScore: Int { max(timeScore, countScore) }

  private static let timeWords: Set = [
    "time", "times", "timestamp", "timestamps", "datetime", "date", "when", "ts", "epoch", "t", "seconds", "hours",
    "minutes", "days", "zeit", "zeitpunkt", "zeitstempel", "datum", "uhrzeit", "heure", "fecha", "hora",
  ]
  private static let startWords: Set = [
    "created", "opened", "occurred", "observed", "recorded", "received", "reported", "start", "started", "begin",
    "begun",
    "arrival", "arrived", "at", "on", "hour", "minute", "second", "day", "beginn", "erstellt", "eingang",
  ]
  private static let laterWords: Set = [
    "updated", "modified", "changed", "end", "ended", "finish", "finished", "closed", "resolved", "expires", "expired",
    "due", "until", "ende", "geändert", "duration", "elapsed",
  ]
  private static let idWords: Set = [
    "id", "ids", "no", "nr", "ticket", "index", "idx", "row", "key", "line", "seq", "sequence", "uid", "pid", "serial",
    "#",
    "nummer",
  ]
  private static let countWords: Set = [
    "count", "counts", "n", "events", "number", "total", "cases", "deaths", "visits", "hits", "calls", "births",
    "anzahl",
  ]

  private static func isTimeOfDay(_ text: ArraySlice<UInt8>) -> Bool {
    var cursor = ByteCursor(text)
    return cursor.number(1...2, 0...23) != nil && cursor.take(UInt8(ascii: ":")) && cursor.number(2...2, 0...59) != nil
      && (cursor.isAtEnd || cursor.take(UInt8(ascii: ":")))
  }
}
