/// What stands first in a date of numbers that begins with the day or the month: 13/05/2024, 5-13-2024.
enum DateOrder: Hashable {
  case dayFirst, monthFirst

  /// What some dates show of their order.
  struct Evidence {
    private(set) var hasDates = false
    private var (isDay, isMonth) = (false, false)

    mutating func add(_ text: ArraySlice<UInt8>) {
      guard let (first, second) = EventDate.numbersBeforeYear(text) else { return }
      hasDates = true
      if first > 12 { isDay = true }
      if second > 12 { isMonth = true }
    }

    /// The order that all of them have; nil if none shows it, or they do not agree.
    var order: DateOrder? { isDay == isMonth ? nil : isDay ? .dayFirst : .monthFirst }
  }

  init?(_ texts: [ArraySlice<UInt8>]) {
    var evidence = Evidence()
    for text in texts { evidence.add(text) }
    guard let order = evidence.order else { return nil }
    self = order
  }
}
