import GodwitEvents

/// A length of time, or of whatever events are counted along: a number with a unit of time, or without one.
struct Span: Hashable {
  /// In seconds if there is a unit, or else in units of one's own.
  let length: Double
  /// The unit as it was written; nil where there is none.
  let unit: TimeUnit?

  var hasUnit: Bool { unit != nil }

  /// What a text may be, for messages.
  static let expectation =
    "a number above 0, from 1e-200 to 1e200, with a unit if wanted: s, min, h, day, week, year, ms"
  /// The lengths by which as many events as can be counted may be divided.
  private static let range = 1e-200...1e200

  private init(length: Double, unit: TimeUnit?) { (self.length, self.unit) = (length, unit) }

  /// Nothing at all, with the unit of another.
  static func zero(like other: Span) -> Span { Span(length: 0, unit: other.unit) }

  /// `15min`, `90 s`, `h` for one of it, or a bare number; nil if it is none of these, or not above 0, too short or too long.
  init?(_ text: some StringProtocol) {
    let text = String(text.filter { $0 != " " })
    if let length = Double(text), Self.range.contains(length) {
      self.init(length: length, unit: nil)
      return
    }
    for (unit, front) in TimeUnit.suffixes(of: text) {
      if let count = front.isEmpty ? 1 : Double(front), Self.range.contains(count * unit.seconds) {
        self.init(length: count * unit.seconds, unit: unit)
        return
      }
    }
    return nil
  }
}
