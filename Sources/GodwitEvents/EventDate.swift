/// A date with or without a time of day and a zone, in one of the forms that programs write.
///
/// Read are ISO 8601 (`2024-05-01T13:45:00.5+02:00`, `20240501T134500Z`; a space may stand for the T, a comma for the point, a
/// slash for the dash), a web server's stamp (`01/May/2024:13:45:00 +0200`), that of a mail (`Wed, 01 May 2024 13:45:00 +0200`),
/// that of C (`Wed May  1 13:45:00.5 2024`), that of a letter (`May 1, 2024 1:45 PM`) and a date with points, day first
/// (`01.05.2024 13:45`), each also in brackets. A date of numbers that begins with the day or the month (`05/13/2024`) needs to be told
/// its order.
///
/// Foundation's formats read only some of these, take 2024-02-30 for a day of March, and need some microseconds for each.
package struct EventDate {
  /// From 1970 on; as if in UTC where there is no zone.
  let seconds: Double
  let hasZone: Bool
  /// The unit of its last digit, in seconds.
  let step: Double

  init?(_ text: ArraySlice<UInt8>, _ order: DateOrder? = nil) {
    var text = text
    if text.count > 2, text.first == UInt8(ascii: "["), text.last == UInt8(ascii: "]") {
      text = text.dropFirst().dropLast().trimmed
    }
    guard let first = text.first, first.isDigit || first.isLetter, text.count >= 8 else { return nil }
    var cursor = ByteCursor(text)
    guard var moment = first.isDigit ? Moment(&cursor, order) : Moment(withName: &cursor) else { return nil }
    cursor.skipSpaces()
    var offset: Int?
    if !cursor.isAtEnd, moment.hasTime {
      if moment.endsWithYear {
        guard let year = cursor.number(4...4, 1...9999) else { return nil }
        moment.year = year
        cursor.skipSpaces()
      }
      var front = cursor
      if ["am", "pm"].contains(front.letters()) {
        guard moment.readHalfOfDay(&cursor) else { return nil }
        cursor.skipSpaces()
      }
      if !cursor.isAtEnd {
        guard let zone = EventDate.zone(&cursor) else { return nil }
        offset = zone
      }
    } else if moment.endsWithYear {
      return nil
    }
    guard cursor.isAtEnd, moment.year > 0, moment.day <= EventDate.days(moment.month, moment.year) else { return nil }
    let days = EventDate.dayNumber(moment.year, moment.month, moment.day)
    seconds = Double(86_400 * days + moment.secondOfDay - (offset ?? 0)) + moment.fraction
    hasZone = offset != nil
    step = moment.step
  }

  /// The parts of a date, as far as they are read.
  private struct Moment {
    var year = 0
    var month = 0
    var day = 0
    var secondOfDay = 0
    var fraction = 0.0
    var step = 86_400.0
    var hasTime = false
    var endsWithYear = false

    /// One that begins with a number.
    init?(_ cursor: inout ByteCursor, _ order: DateOrder?) {
      if let date = cursor.number(8...8, 0...99_999_999) {
        (year, month, day) = (date / 10_000, date / 100 % 100, date % 100)
        guard (1...12).contains(month), day >= 1, cursor.take(UInt8(ascii: "T")),
          let time = cursor.number(6...6, 0...235_960), time / 100 % 100 < 60, time % 100 <= 60
        else { return nil }
        (secondOfDay, step, hasTime) = (3600 * (time / 10_000) + 60 * (time / 100 % 100) + time % 100, 1, true)
        guard readFraction(&cursor) else { return nil }
        return
      }
      if let year = cursor.number(4...4, 1...9999) {
        self.year = year
        guard let dash = cursor.next, cursor.take(UInt8(ascii: "-"), UInt8(ascii: "/")),
          let month = cursor.number(2...2, 1...12), cursor.take(dash), let day = cursor.number(2...2, 1...31)
        else { return nil }
        (self.month, self.day) = (month, day)
        if cursor.isAtEnd { return }
        guard cursor.take(UInt8(ascii: "T"), UInt8(ascii: "t"), .space) else { return nil }
      } else {
        guard let first = cursor.number(1...2, 1...31), let mark = cursor.next,
          cursor.take(UInt8(ascii: "/"), .point, .space, UInt8(ascii: "-"))
        else { return nil }
        (day, year) = (first, 0)
        let isNamed = cursor.next?.isDigit == false
        if isNamed {
          guard mark != .point, let month = EventDate.month(&cursor) else { return nil }
          self.month = month
        } else {
          guard mark == .point || (mark != .space && order != nil), let second = cursor.number(1...2, 1...31) else {
            return nil
          }
          (day, month) = mark != .point && order == .monthFirst ? (second, first) : (first, second)
        }
        guard (1...12).contains(month), cursor.take(mark) else { return nil }
        if let year = cursor.number(4...4, 1...9999) {
          self.year = year
        } else {
          // After the name of a month two digits are a year.
          guard isNamed, mark != .space, let year = cursor.number(2...2, 0...99), cursor.next?.isDigit != true else {
            return nil
          }
          self.year = (year < 70 ? 2000 : 1900) + year
        }
        if cursor.isAtEnd { return }
        // The stamp of a web server has a colon here.
        guard mark == UInt8(ascii: "/") ? cursor.take(UInt8(ascii: ":"), .space) : cursor.take(.space, .comma) else {
          return nil
        }
      }
      cursor.skipSpaces()
      guard readTime(&cursor) else { return nil }
    }

    /// One that begins with the name of a day or of a month.
    init?(withName cursor: inout ByteCursor) {
      var front = cursor
      if let month = EventDate.month(&front) {
        cursor = front
        guard readDate(ofMonth: month, &cursor) else { return nil }
        return
      }
      guard EventDate.weekdays.contains(cursor.letters()) else { return nil }
      if cursor.take(.comma) {
        cursor.skipSpaces()
        guard let moment = Moment(&cursor, nil), moment.hasTime else { return nil }
        self = moment
        return
      }
      guard cursor.take(.space), let month = EventDate.month(&cursor), cursor.take(.space) else { return nil }
      cursor.skipSpaces()
      guard let day = cursor.number(1...2, 1...31), cursor.take(.space), readTime(&cursor) else { return nil }
      (self.month, self.day, endsWithYear) = (month, day, true)
    }

    /// Reads what follows the name of a month: 1, 2024 and a time of day if there is one.
    private mutating func readDate(ofMonth month: Int, _ cursor: inout ByteCursor) -> Bool {
      cursor.skipSpaces()
      guard let day = cursor.number(1...2, 1...31), cursor.take(.comma) else { return false }
      cursor.skipSpaces()
      guard let year = cursor.number(4...4, 1...9999) else { return false }
      (self.year, self.month, self.day) = (year, month, day)
      if cursor.isAtEnd { return true }
      guard cursor.take(.comma, .space) else { return false }
      cursor.skipSpaces()
      return readTime(&cursor)
    }

    /// Reads am or pm, where the hour is one of twelve.
    mutating func readHalfOfDay(_ cursor: inout ByteCursor) -> Bool {
      let isAfternoon = cursor.letters() == "pm"
      let hour = secondOfDay / 3600
      guard (1...12).contains(hour) else { return false }
      secondOfDay += 3600 * ((isAfternoon ? 12 : 0) - (hour == 12 ? 12 : 0))
      return true
    }

    private mutating func readTime(_ cursor: inout ByteCursor) -> Bool {
      guard let hour = cursor.number(1...2, 0...23), cursor.take(UInt8(ascii: ":")),
        let minute = cursor.number(2...2, 0...59)
      else { return false }
      (secondOfDay, step, hasTime) = (3600 * hour + 60 * minute, 60, true)
      guard cursor.take(UInt8(ascii: ":")) else { return true }
      guard let second = cursor.number(2...2, 0...60) else { return false }
      (secondOfDay, step) = (secondOfDay + second, 1)
      return readFraction(&cursor)
    }

    private mutating func readFraction(_ cursor: inout ByteCursor) -> Bool {
      guard cursor.take(.point, .comma) else { return true }
      let digits = cursor.digits()
      guard !digits.isEmpty, let fraction = Double("0." + digits.text) else { return false }
      self.fraction = fraction
      for _ in digits.prefix(12) { step /= 10 }
      return true
    }
  }

  /// Whether a number is as a date, or a date and time, written without marks: 20240501, 202405011345, 20240501134500.
  static func isCompact(_ number: Double) -> Bool {
    guard number == number.rounded(), number >= 19_000_101, number < 21_010_101_000_000 else { return false }
    var (date, time) = (Int(number), 0)
    if date >= 19_000_101_000_000 {
      (date, time) = (date / 1_000_000, date % 1_000_000)
    } else if date >= 190_001_010_000, date < 210_101_010_000 {
      (date, time) = (date / 10_000, date % 10_000 * 100)
    }
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100)
    return (1900...2100).contains(year) && (1...12).contains(month) && day >= 1 && day <= days(month, year)
      && time / 10_000 < 24 && time / 100 % 100 < 60 && time % 100 < 60
  }

  private static let weekdays: Set = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  /// The number of a month by its name, or the first three letters of that.
  private static func month(_ cursor: inout ByteCursor) -> Int? { month(cursor.letters()) }

  private static func month(_ name: String) -> Int? {
    months.firstIndex { name == $0 || (name.count == 3 && $0.hasPrefix(name)) }.map { $0 + 1 }
  }

  /// The seconds by which a zone is before UTC: `Z`, `UTC`, `GMT`, `+02:00`, `+0200`, `+02`.
  private static func zone(_ cursor: inout ByteCursor) -> Int? {
    if let next = cursor.next, next.isLetter { return ["z", "utc", "gmt"].contains(cursor.letters()) ? 0 : nil }
    let isWest = cursor.next == UInt8(ascii: "-")
    guard cursor.take(UInt8(ascii: "-"), UInt8(ascii: "+")), let hours = cursor.number(2...2, 0...23) else {
      return nil
    }
    _ = cursor.take(UInt8(ascii: ":"))
    guard let minutes = cursor.isAtEnd ? 0 : cursor.number(2...2, 0...59), cursor.isAtEnd else { return nil }
    return (isWest ? -1 : 1) * (3600 * hours + 60 * minutes)
  }

  // MARK: The calendar

  private static func days(_ month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// The days from 1970-01-01 on, in the Gregorian calendar, by years that begin in March.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }

  /// Seconds from 1970 on, as a date in UTC.
  package static func text(seconds: Double) -> String {
    let whole = Int(seconds.rounded(.down))
    let (day, second) = (Int((Double(whole) / 86_400).rounded(.down)), ((whole % 86_400) + 86_400) % 86_400)
    // The year by estimate: a day is at most one year beside its mean.
    var year = 1970 + Int((Double(day) / 365.2425).rounded(.down))
    while dayNumber(year + 1, 1, 1) <= day { year += 1 }
    while dayNumber(year, 1, 1) > day { year -= 1 }
    let month = (1...12).last { dayNumber(year, $0, 1) <= day } ?? 1
    let parts = [month, day - dayNumber(year, month, 1) + 1, second / 3600, second / 60 % 60, second % 60]
    let two = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(year)-\(two[0])-\(two[1]) \(two[2]):\(two[3]):\(two[4]) UTC"
  }

  // MARK: What is no date

  /// Whether a text is as a date of ISO 8601, of a day that its month does not have.
  static func namesNoSuchDay(_ text: String) -> Bool {
    let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    return parts.count == 3 && (1...9999).contains(parts[0]) && (1...12).contains(parts[1]) && parts[2] <= 31
      && parts[2] > days(parts[1], parts[0])
  }

  /// The two numbers before the year where a date of numbers begins with the day or the month and nothing tells which.
  static func numbersBeforeYear(_ text: ArraySlice<UInt8>) -> (Int, Int)? {
    var cursor = ByteCursor(text)
    guard let first = cursor.number(1...2, 0...99), let mark = cursor.next,
      cursor.take(UInt8(ascii: "/"), UInt8(ascii: "-")), let second = cursor.number(1...2, 0...99), cursor.take(mark),
      !cursor.digits().isEmpty
    else { return nil }
    return (first, second)
  }

  /// Whether a text is as some date and time: a year or the name of a month with other numbers, or a time of day with more.
  static func isLike(_ text: ArraySlice<UInt8>) -> Bool {
    if text.count > 64 { return false }
    let numbers = text.split { !$0.isDigit }
    let words = text.split { !$0.isLetter }.map { $0.text.lowercased() }
    let hasYear = numbers.contains { $0.count == 4 && (1900...2100).contains(Int($0.text) ?? 0) }
    let hasMonth = words.contains { month($0) != nil }
    let hasClock = zip(numbers, numbers.dropFirst()).contains {
      $1.count == 2 && $1.startIndex == $0.endIndex + 1 && text[$0.endIndex] == UInt8(ascii: ":")
    }
    return (hasYear && numbers.count >= 3) || (hasMonth && numbers.count >= 2) || (hasClock && numbers.count >= 4)
      || numbersBeforeYear(text) != nil
  }
}
