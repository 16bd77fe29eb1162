/// A length of time, or of whatever events are counted along: a number with a unit of time, or without one.
struct Span: Hashable {
  /// In seconds if there is a unit, or else in units of one's own.
  let length: Double
  let hasUnit: Bool

  /// What the units of time are called, with their seconds.
  private static let units: [(names: [String], seconds: Double)] = [
    (["s", "sec", "second", "seconds"], 1), (["min", "minute", "minutes"], 60), (["h", "hour", "hours"], 3600),
    (["d", "day", "days"], 86_400), (["week", "weeks"], 604_800), (["ms", "millisecond", "milliseconds"], 1e-3),
    (["year", "years"], 31_557_600),
  ]

  /// What a text may be, for messages.
  static let expectation = "a number above 0, with a unit if wanted: s, min, h, day, week, year, ms"

  private init(length: Double, hasUnit: Bool) { (self.length, self.hasUnit) = (length, hasUnit) }

  /// Nothing at all, with the unit of another.
  static func zero(like other: Span) -> Span { Span(length: 0, hasUnit: other.hasUnit) }

  /// `15min`, `90 s`, `h` for one of it, or a bare number; nil if it is none of these, or not above 0 and finite.
  init?(_ text: some StringProtocol) {
    let text = String(text.filter { $0 != " " })
    func number(_ text: some StringProtocol) -> Double? { Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil } }
    if let length = number(text) {
      self.init(length: length, hasUnit: false)
      return
    }
    for (names, seconds) in Self.units {
      for name in names where text.hasSuffix(name) {
        let front = text.dropLast(name.count)
        if let count = front.isEmpty ? 1 : number(front), (count * seconds).isFinite {
          self.init(length: count * seconds, hasUnit: true)
          return
        }
      }
    }
    return nil
  }
}

/// How many events are expected in how long: `3/h`, `1/10min`, `4 per day`, or a bare number for a unit of one's own.
struct EventRate: Hashable {
  /// The expected number of events in `span`.
  let count: Double
  /// One unit, unless told.
  let span: Span
  /// The same as it was written.
  let spanText: String

  /// What a text may be, for messages.
  static let expectation =
    "a number above 0, alone or for a time, such as 3/h, 1/10min or '4 per day', in s, min, h, day, week, year or ms"

  /// Nil if the text is no rate, or its number is not above 0 and finite.
  init?(_ text: String) {
    let text = text.split(separator: " ").map { $0 == "per" ? "/" : $0 }.joined()
    let sides = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(sides.count), let count = Double(sides[0]), count > 0, count.isFinite,
      let span = Span(sides.count == 2 ? String(sides[1]) : "1")
    else { return nil }
    (self.count, self.span) = (count, span)
    let unit = sides.count == 2 ? String(sides[1]) : "1"
    spanText = unit.first?.isNumber == true ? unit : "1 " + unit
  }

  /// The expected number of events in a span of the same kind.
  func mean(in other: Span) -> Double { count * (other.length / span.length) }
}
