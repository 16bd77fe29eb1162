import Foundation

/// The time of an event, or a count, as a line of a file has it.
struct EventTime: Hashable {
  enum Form: Hashable {
    case number, length, date

    /// What a text of this form is, for messages.
    var name: String {
      switch self {
      case .number: "a number without a unit"
      case .length: "a number with a unit, such as 90 s"
      case .date: "a date and time, such as 2024-05-01 13:45:00"
      }
    }
  }

  /// In seconds, from 1970 on where it is a date; without a unit, in one's own.
  let value: Double
  let form: Form
  /// Whether it is a date with a zone.
  let hasZone: Bool

  /// What a text may be, for messages.
  static let expectation = "a number (12.5), a number with a unit (90 s), or a date and time (2024-05-01 13:45:00)"

  init?(_ text: String) {
    if let number = Double(text) {
      guard number.isFinite else { return nil }
      (value, form, hasZone) = (number, .number, false)
    } else if let seconds = EventTime.length(text) {
      (value, form, hasZone) = (seconds, .length, false)
    } else if let (seconds, hasZone) = EventTime.date(text) {
      (value, form, self.hasZone) = (seconds, .date, hasZone)
    } else {
      return nil
    }
  }

  /// What is wrong with a text that is none.
  static func objection(to text: String) -> String {
    let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    if parts.count == 3, (1...9999).contains(parts[0]), (1...12).contains(parts[1]), parts[2] <= 31,
      parts[2] > days(parts[1], parts[0])
    {
      return "there is no such day"
    }
    let isNumber = text.contains(",") && Double(text.replacing(",", with: "")) != nil
    return isNumber
      ? "expected a number with a point before its decimals and no other mark in it (1234.5)"
      : "expected \(expectation)"
  }

  private static func length(_ text: String) -> Double? {
    for (unit, front) in TimeUnit.suffixes(of: text) {
      if let number = Double(front.trimmingCharacters(in: .whitespaces)), (number * unit.seconds).isFinite {
        return number * unit.seconds
      }
    }
    return nil
  }

  /// A date of ISO 8601, with or without a time of day and a zone; a space may stand for the T, a comma for the
  /// point.
  private static func date(_ text: String) -> (seconds: Double, hasZone: Bool)? {
    var text = text[...]
    /// Takes a number of so many digits that is in a range, behind a separator.
    func number(_ digits: Int, _ range: ClosedRange<Int>, after separators: String = "") -> Int? {
      if !separators.isEmpty {
        guard let first = text.first, separators.contains(first) else { return nil }
        text.removeFirst()
      }
      let front = text.prefix(digits)
      guard front.count == digits, front.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(front),
        range.contains(number)
      else { return nil }
      text.removeFirst(digits)
      return number
    }
    guard let year = number(4, 1...9999), let month = number(2, 1...12, after: "-"),
      let day = number(2, 1...days(month, year), after: "-")
    else { return nil }
    var seconds = Double(dayNumber(year, month, day) * 86_400)
    if text.isEmpty { return (seconds, false) }
    guard let hour = number(2, 0...23, after: "Tt "), let minute = number(2, 0...59, after: ":") else { return nil }
    seconds += Double(hour * 3600 + minute * 60)
    if text.first == ":" {
      guard let second = number(2, 0...60, after: ":") else { return nil }
      seconds += Double(second)
      if text.first == "." || text.first == "," {
        let digits = text.dropFirst().prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let fraction = Double("0." + digits) else { return nil }
        seconds += fraction
        text.removeFirst(1 + digits.count)
      }
    }
    text = text.drop { $0 == " " }
    if text.isEmpty { return (seconds, false) }
    if text == "Z" || text == "z" { return (seconds, true) }
    let sign = text.first == "-" ? 1.0 : -1.0
    guard let hours = number(2, 0...23, after: "+-") else { return nil }
    if text.first == ":" { text.removeFirst() }
    guard let minutes = text.isEmpty ? 0 : number(2, 0...59), text.isEmpty else { return nil }
    return (seconds + sign * Double(hours * 3600 + minutes * 60), true)
  }

  private static func days(_ month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// The days from 1970-01-01 on, in the Gregorian calendar, by years that begin in March.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
