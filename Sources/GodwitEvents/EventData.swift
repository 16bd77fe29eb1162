/// Events from a file: their times, or their numbers in equal intervals.
///
/// A file is a text in UTF-8 or UTF-16 with a line for each event or each interval, alone or as a column of a table between
/// tabs, semicolons or commas (RFC 4180, and Excel's `sep=`), or a log of a web server. Numbers are decimal, with a point
/// or throughout a comma before their decimals, an exponent if wanted, and a unit of time if wanted.
public struct EventData: Sendable {
  public enum Kind: String, Sendable, CaseIterable { case times, counts }

  /// The order of the lines.
  public enum Order: String, Sendable {
    case forward, newestFirst
    /// Neither: the times were put in order.
    case mixed
  }

  /// The column that was read.
  public struct Column: Sendable, Hashable {
    /// From 0 on.
    public let index: Int
    /// How many the file has.
    public let count: Int
    /// Why it was this one; nil if there is no other.
    public let reason: String?
  }

  public let kind: Kind
  /// How the kind was found.
  public let reason: String
  /// What stands above the values and is none.
  public let heading: String?
  public let column: Column
  /// The times from the first on, ascending, in seconds where they have a unit.
  public let times: [Double]
  public let hasUnit: Bool
  /// The unit of the last digit in which a time is written, as the times: 60 where dates have no seconds.
  public let step: Double
  public let order: Order
  /// The unit in which times without a unit are as great as times since 1970, and the first in seconds since then.
  public let epoch: (unit: EpochUnit, start: Double)?
  public let counts: [Int]
  /// How many lines without a value were left out.
  public let missing: Int

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: of a file, a pipe or a device, or `-` for standard input; of at most 256 MiB
  ///     and 20 million values.
  ///   - kind: what the numbers are; nil to find that out.
  ///   - column: the name or the number, from 1 on, of the column; nil to find it.
  ///   - skipsMissing: whether lines whose value is missing (nothing, `NA`, `null`, `-` …) are left out, and not an error.
  /// - Throws: an error that names the line, what is there, what was expected and what to do.
  public init(
    contentsOf path: String, as kind: Kind? = nil, column: String? = nil, skipsMissing: Bool = false
  ) throws(EventFileError) {
    try self.init(path, as: kind, column: column, skipsMissing: skipsMissing, words: .swift)
  }

  /// The same of bytes that are there; `path` is for messages.
  public init(
    _ bytes: [UInt8], of path: String, as kind: Kind? = nil, column: String? = nil, skipsMissing: Bool = false
  ) throws(EventFileError) {
    do throws(EventFileProblem.Located) {
      try self.init(bytes, kind, column, skipsMissing, .swift)
    } catch {
      throw EventFileError(path: path, line: error.line, problem: error.problem)
    }
  }

  package init(
    _ path: String, as kind: Kind?, column: String?, skipsMissing: Bool, words: EventOptionWords
  ) throws(EventFileError) {
    do throws(EventFileProblem.Located) {
      try self.init(try BoundedFile.bytes(path), kind, column, skipsMissing, words)
    } catch {
      throw EventFileError(path: path, line: error.line, problem: error.problem)
    }
  }

  private init(
    _ bytes: [UInt8], _ asked: Kind?, _ columnName: String?, _ skipsMissing: Bool, _ words: EventOptionWords
  ) throws(EventFileProblem.Located) {
    let text = try DelimitedText(try TextEncoding.utf8(bytes))
    let choice = try ColumnChoice(text, columnName, asked)
    var values = EventColumn(dateOrder: try EventData.dateOrder(text, choice))
    var (isFirst, lastRecord) = (true, DelimitedText.Record(line: 0, fields: []))
    var heading = choice.heading
    try text.forEachRecord { (record) throws(EventFileProblem.Located) in
      defer { isFirst = false }
      if isFirst, choice.hasHeadingRow { return true }
      guard choice.column.index < record.fields.count else {
        throw EventFileProblem.tooFewColumns(record.fields.count, needed: choice.column.index + 1).onLine(record.line)
      }
      let field = text.bytes(of: record.fields[choice.column.index])
      if isFirst, ColumnChoice.isHeading(field) {
        heading = field.text
      } else {
        try values.append(field, line: record.line, skipsMissing: skipsMissing)
        lastRecord = record
      }
      return true
    }
    try values.finish()
    (kind, reason) = try EventData.kind(values, asked, heading: heading, words)
    (self.heading, column, missing) = (heading, choice.column, values.missing)
    (hasUnit, step) = (values.form != .number, values.step)
    switch kind {
    case .times:
      let unit = values.form == .number ? EventData.epoch(values.values) : nil
      let (ordered, order) = try EventData.ordered(values, isInstant: values.hasZone || unit != nil)
      let start = ordered[0]
      (times, counts, self.order) = (ordered.map { $0 - start }, [], order)
      epoch = unit.map { ($0, start * $0.length) }
    case .counts:
      if let problem = values.notCounts { throw problem }
      if EventData.isTotal(values.values, lastRecord.fields.map { text.bytes(of: $0) }) {
        throw EventFileProblem.total("\(Int(values.values.last ?? 0))").onLine(lastRecord.line)
      }
      (times, counts, order, epoch) = ([], values.values.map { Int($0) }, .forward, nil)
    }
  }

  /// Whether the last of some counts is the sum of the others, and its record says so.
  private static func isTotal(_ counts: [Double], _ fields: [ArraySlice<UInt8>]) -> Bool {
    guard counts.count >= 3, let last = counts.last, last > 0 else { return false }
    let words: Set = ["total", "totals", "sum", "grand total", "all", "summe", "gesamt", "insgesamt", "somme", "suma"]
    return counts.dropLast().reduce(0, +) == last
      && fields.contains { $0.count <= 12 && words.contains($0.text.lowercased()) }
  }

  /// The order of dates of numbers that begin with the day or the month, if that is what the column has.
  private static func dateOrder(
    _ text: DelimitedText, _ choice: ColumnChoice
  ) throws(EventFileProblem.Located) -> DateOrder? {
    var evidence = DateOrder.Evidence()
    try text.forEachRecord { (record) throws(EventFileProblem.Located) in
      guard choice.column.index < record.fields.count else { return true }
      evidence.add(text.bytes(of: record.fields[choice.column.index]))
      // Of a file of another kind the first lines are enough.
      return evidence.hasDates || record.line < 100
    }
    return evidence.order
  }

  /// The times in ascending order.
  ///
  /// - Parameter isInstant: whether each tells when it was by itself. A clock without a zone may have gone back, and in order
  ///   its times would then look well and be wrong: where they go one way but for a few steps, those are an error.
  private static func ordered(
    _ column: EventColumn, isInstant: Bool
  ) throws(EventFileProblem.Located) -> ([Double], Order) {
    if let problem = column.mixed { throw problem }
    if column.falls == 0 { return (column.values, .forward) }
    if column.rises == 0 { return (column.values.reversed(), .newestFirst) }
    let against = min(column.rises, column.falls)
    let hasNoOrder = against >= 3 && 10 * against >= column.rises + column.falls
    let isSortable = isInstant || (column.form == .date && (hasNoOrder || column.step >= 86_400))
    if !isSortable, let (fall, line) = column.disorder {
      throw (column.form == .date ? EventFileProblem.clockWentBack(fall) : .outOfOrder(fall)).onLine(line)
    }
    return (column.values.sorted(), .mixed)
  }
}
