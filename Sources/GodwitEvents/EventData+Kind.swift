extension EventData {
  /// What numbers are, and how that is seen.
  static func kind(
    _ column: EventColumn, _ asked: Kind?, heading: String?, _ words: EventOptionWords
  ) throws(EventFileProblem.Located) -> (Kind, String) {
    if let asked { return (asked, "as \(words.kindName) says") }
    if column.form == .date {
      let order = column.dateOrder.map { $0 == .dayFirst ? ", the day first" : ", the month first" }
      return (.times, "they are dates" + (order ?? ""))
    }
    if column.form == .length { return (.times, "they have units") }
    let values = column.values
    let other = "for counts say \(words.kind(.counts))"
    let isWhole = values.allSatisfy { $0 == $0.rounded() }
    let isCompact = isWhole && values.count >= 2 && values.allSatisfy(EventDate.isCompact)
    if isCompact { throw EventFileProblem.compactDates(String(Int(values[0]))).anywhere }
    // The year and the deaths in it: numbers of events may rise too.
    let isNamedCounts = column.notCounts == nil && ColumnProfile.countScore(heading ?? "") > 0
    let isRising = values.count >= 3 && column.rises == values.count - 1
    if isWhole, isRising, !isNamedCounts { return (.times, "they rise from line to line; \(other)") }
    if let unit = epoch(values) {
      return (.times, "they are as great as the \(unit.rawValue) since 1970; \(other)")
    }
    if !isWhole { return (.times, "they are not whole; if they are wrong counts, say \(words.kind(.counts))") }
    let counts = (
      Kind.counts, "they are whole and do not rise from line to line; for times say \(words.kind(.times))"
    )
    let named = (Kind.counts, "their heading says so; for times say \(words.kind(.times))")
    if isRising, isNamedCounts { return named }
    // Few numbers fall from line to line by chance, five in one of 120 cases.
    let isNewestFirst = column.rises == 0 && column.falls > 0 && values.count >= 5
    if isNewestFirst, column.falls == values.count - 1 {
      return isNamedCounts ? named : (.times, "they fall from line to line, the newest first; \(other)")
    }
    guard values.count >= 3, isNewestFirst || (column.falls == 0 && column.rises > 0) else { return counts }
    let rising = max(column.rises, column.falls)
    let (least, last) = isNewestFirst ? (values[values.count - 1], values[0]) : (values[0], values[values.count - 1])
    var greatest = 0.0
    for index in values.indices.dropFirst() { greatest = max(greatest, abs(values[index] - values[index - 1])) }
    // Whole numbers in order, some of them equal: counts that were sorted, or times that were rounded. Counts are near
    // 0 or far apart, are mostly equal, and spread about as Poisson ones; times go on evenly.
    let mean = values.reduce(0, +) / Double(values.count)
    let index = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (mean * Double(values.count))
    let goesOn = index > 10 && greatest < (last - least) / 10
    if least >= 1000 * greatest || goesOn || 4 * (rising + 1) > 3 * values.count {
      let order =
        isNewestFirst ? "they never rise from line to line, the newest first" : "they never fall from line to line"
      return isNamedCounts ? named : (.times, "\(order); \(other)")
    }
    if values.count >= 20, 4 * (rising + 1) <= values.count, index < 3 { return counts }
    if isNamedCounts { return named }
    throw EventFileProblem.doubtfulKind.anywhere
  }

  /// The unit in which numbers are as great as times since 1970.
  static func epoch(_ values: [Double]) -> EpochUnit? {
    guard let least = values.min(), let greatest = values.max() else { return nil }
    return EpochUnit(least, greatest)
  }
}
