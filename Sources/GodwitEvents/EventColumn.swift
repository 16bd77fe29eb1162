/// A column of a file as it is read, value by value: what all of them have in common, and the first that has not.
struct EventColumn {
  /// The most values of a file: short lines would else take many times the memory of its bytes.
  static let limit = 20_000_000

  let limit: Int
  /// The order of dates that do not tell it themselves.
  let dateOrder: DateOrder?
  private(set) var values: [Double] = []
  private(set) var form = EventTime.Form.number
  private(set) var hasZone = false
  private(set) var missing = 0
  /// The smallest unit of a last digit.
  private(set) var step = Double.infinity
  /// Why the values are no times, if something speaks against that.
  private(set) var mixed: EventFileProblem.Located?
  /// Why they are no counts.
  private(set) var notCounts: EventFileProblem.Located?
  /// How often a value is above the one before it, and below.
  private(set) var rises = 0
  private(set) var falls = 0
  private var firstLine = 0
  private var firstRise: Step?
  private var firstFall: Step?
  private var previous: ArraySlice<UInt8> = []
  private var previousLine = 0
  private var pointLine: Int?
  private var commaLine: Int?
  private var doubtfulComma: EventFileProblem.Located?
  private var isCommaCertain = false

  private struct Step {
    let value: String
    let line: Int
    let previous: String
    let previousLine: Int
  }

  init(limit: Int = limit, dateOrder: DateOrder? = nil) { (self.limit, self.dateOrder) = (limit, dateOrder) }

  /// - Throws: an error that names the line, for a value that is none.
  mutating func append(
    _ text: ArraySlice<UInt8>, line: Int, skipsMissing: Bool
  ) throws(EventFileProblem.Located) {
    guard let time = EventTime(text, dateOrder) else {
      guard MissingValue.isOne(text) else {
        let text = text.text
        throw EventFileProblem.notATime(text, objection: EventTime.objection(to: text)).onLine(line)
      }
      guard skipsMissing else { throw EventFileProblem.missing(text.text).onLine(line) }
      missing += 1
      return
    }
    if values.isEmpty { (form, hasZone, firstLine) = (time.form, time.hasZone, line) }
    try checkMark(time.mark, text, line)
    if mixed == nil { mixed = mixture(time, text, line) }
    if notCounts == nil, !isCount(time) { notCounts = EventFileProblem.notACount(text.text).onLine(line) }
    if let last = values.last, time.value != last {
      let isRise = time.value > last
      if isRise { rises += 1 } else { falls += 1 }
      if isRise ? firstRise == nil : firstFall == nil {
        let step = Step(value: text.text, line: line, previous: previous.text, previousLine: previousLine)
        if isRise { firstRise = step } else { firstFall = step }
      }
    }
    if values.count == limit { throw EventFileProblem.tooManyValues(limit: limit).onLine(line) }
    values.append(time.value)
    step = min(step, time.step)
    (previous, previousLine) = (text, line)
  }

  private func mixture(_ time: EventTime, _ text: ArraySlice<UInt8>, _ line: Int) -> EventFileProblem.Located? {
    if time.form != form {
      return EventFileProblem.mixedForms(text.text, expected: form.name, firstLine: firstLine).onLine(line)
    }
    if time.hasZone != hasZone {
      return EventFileProblem.mixedZones(text.text, firstHasZone: hasZone, firstLine: firstLine).onLine(line)
    }
    return nil
  }

  private func isCount(_ time: EventTime) -> Bool {
    time.form == .number && time.value >= 0 && time.value <= 1e15 && time.value == time.value.rounded()
  }

  private mutating func checkMark(
    _ mark: EventTime.DecimalMark, _ text: ArraySlice<UInt8>, _ line: Int
  ) throws(EventFileProblem.Located) {
    switch mark {
    case .none: return
    case .point:
      pointLine = pointLine ?? line
    case .comma, .doubtfulComma:
      commaLine = commaLine ?? line
      if mark == .comma {
        isCommaCertain = true
      } else if doubtfulComma == nil {
        doubtfulComma = EventFileProblem.doubtfulThousands(text.text).onLine(line)
      }
    }
    if let pointLine, let commaLine {
      throw EventFileProblem.mixedMarks(text.text, firstLine: min(pointLine, commaLine)).onLine(line)
    }
  }

  /// - Throws: an error where all commas may be between thousands.
  func finish() throws(EventFileProblem.Located) {
    if values.isEmpty { throw EventFileProblem.empty.anywhere }
    if !isCommaCertain, let doubtfulComma { throw doubtfulComma }
  }

  /// What is out of order: the first step against the direction of most.
  var disorder: (fall: EventFileProblem.Fall, line: Int)? {
    // Numbers that go up and down are not the newest first.
    let isNewestFirst = falls > (form == .date ? rises : 3 * rises)
    guard rises > 0, falls > 0, let step = isNewestFirst ? firstRise : firstFall else { return nil }
    let fall = EventFileProblem.Fall(
      value: step.value, previous: step.previous, previousLine: step.previousLine, isNewestFirst: isNewestFirst,
      mayBeCount: notCounts == nil)
    return (fall, step.line)
  }
}
