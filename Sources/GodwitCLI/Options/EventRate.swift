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
