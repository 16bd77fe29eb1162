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
  /// The unit of its last digit: 60 for a date without seconds.
  let step: Double
  /// What stands before its decimals, if it is a number that has any.
  let mark: DecimalMark

  enum DecimalMark: Hashable { case none, point, comma, doubtfulComma }

  /// What a text may be, for messages.
  static let expectation = "a number (12.5), a number with a unit (90 s), or a date and time (2024-05-01 13:45:00)"

  init?(_ text: String) { self.init(Array(text.utf8)[...]) }

  /// - Parameter order: of dates that do not tell it themselves.
  init?(_ text: ArraySlice<UInt8>, _ order: DateOrder? = nil) {
    guard let first = text.first, first.isDigit || "+-.,[".utf8.contains(first) || first.isLetter else { return nil }
    if let number = DecimalNumber(text, allowsComma: true) {
      self.init(number, unit: nil)
    } else if let date = EventDate(text, order) {
      self.init(value: date.seconds, form: .date, hasZone: date.hasZone, step: date.step, mark: .none)
    } else if let last = text.last, last.isLetter, let length = EventTime.length(text) {
      self = length
    } else {
      return nil
    }
  }

  private init(value: Double, form: Form, hasZone: Bool, step: Double, mark: DecimalMark) {
    (self.value, self.form, self.hasZone, self.step, self.mark) = (value, form, hasZone, step, mark)
  }

  private init(_ number: DecimalNumber, unit: TimeUnit?) {
    let scale = unit?.seconds ?? 1
    self.init(
      value: number.value * scale, form: unit == nil ? .number : .length, hasZone: false, step: number.step * scale,
      mark: number.isDoubtful ? .doubtfulComma : number.hasComma ? .comma : number.hasPoint ? .point : .none)
  }

  private static func length(_ text: ArraySlice<UInt8>) -> EventTime? {
    for (unit, front) in TimeUnit.suffixes(of: text.text) {
      if let number = DecimalNumber(Array(front.utf8)[...].trimmed, allowsComma: true),
        (number.value * unit.seconds).isFinite
      {
        return EventTime(number, unit: unit)
      }
    }
    return nil
  }

  /// What is wrong with a text that is none.
  static func objection(to text: String) -> String {
    if EventDate.namesNoSuchDay(text) { return "there is no such day" }
    if EventDate.numbersBeforeYear(Array(text.utf8)[...]) != nil {
      return "the day or the month may be first, and the dates of the file do not tell; write them as dates of ISO "
        + "8601, year first (2024-05-01 13:45:00)"
    }
    // A date and more behind it: a word, or what a log tells.
    if let space = text.indices.reversed().first(where: {
      text[$0] == " " && EventTime(String(text[..<$0])).map { $0.form == .date && $0.step < 86_400 } == true
    }) {
      let rest = text[text.index(after: space)...]
      return rest.count <= 5 && rest.allSatisfy(\.isLetter)
        ? "expected \(expectation); a zone is Z, UTC or an offset (+02:00)"
        : "a time and more stand here; cut the times out (\(text[..<space])), or put them in a column of their own"
    }
    let isNumber = text.contains(",") && Double(text.filter { $0 != "," && $0 != "." }) != nil
    return isNumber
      ? "expected a number with a point before its decimals and no other mark in it (1234.5)"
      : "expected \(expectation)"
  }
}
