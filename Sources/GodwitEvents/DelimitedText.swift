/// The records of a text as RFC 4180 has them, with the fields in each between one delimiter throughout.
///
/// A field may stand in quotes, with delimiters, line breaks and doubled quotes in it. Lines end in LF, CR or both. A record that is
/// empty, or that begins with #, is passed over. Nothing is copied: a field is a place in the bytes, so that a text takes its own
/// size of memory, however many fields it has.
struct DelimitedText {
  /// The place of a field in the bytes.
  struct Field: Hashable {
    var range: Range<Int>
    var isQuoted = false
    var hasDoubledQuotes = false
  }

  struct Record {
    /// The number of the line on which it begins, from 1 on.
    var line: Int
    var fields: [Field]
  }

  /// How the fields of a record are found.
  enum Layout: Hashable {
    /// Between delimiters; with nil a record is one field.
    case delimited(UInt8?)
    /// The one field is what stands in the first brackets, where those of a web server's log have the time.
    case bracketed
  }

  let bytes: [UInt8]
  /// Where the first record begins, behind a mark of the byte order and a line that names the delimiter.
  let start: Int
  let firstLine: Int
  var layout: Layout

  /// The layout with delimiters that the first records show.
  init(_ bytes: [UInt8]) throws(EventFileProblem.Located) {
    self.bytes = bytes
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var start = bytes.starts(with: mark) ? mark.count : 0
    var firstLine = 1
    layout = .delimited(nil)
    // The first line of Excel's files: sep=;
    let front = Array(bytes[start...].prefix(7))
    if front.count > 4, Array(front[..<4]).text.lowercased() == "sep=", !front[4].isLineBreak,
      front.count == 5 || front[5].isLineBreak
    {
      layout = .delimited(front[4])
      let isPair = front.count == 7 && front[5] == .carriageReturn && front[6] == .lineFeed
      start += min(front.count, isPair ? 7 : 6)
      firstLine = 2
    }
    (self.start, self.firstLine) = (start, firstLine)
    if firstLine == 1 { layout = try detectedLayout() }
  }

  func bytes(of field: Field) -> ArraySlice<UInt8> {
    guard field.hasDoubledQuotes else { return bytes[field.range] }
    var result: [UInt8] = []
    var isSecond = false
    for byte in bytes[field.range] {
      isSecond = byte == .quote && !isSecond
      if !isSecond { result.append(byte) }
    }
    return result[...]
  }

  /// The first records.
  func records(first count: Int) throws(EventFileProblem.Located) -> [Record] {
    var records: [Record] = []
    try forEachRecord { (record) throws(EventFileProblem.Located) in
      records.append(record)
      return records.count < count
    }
    return records
  }

  /// Calls `body` with each record in order, until it returns false.
  func forEachRecord(
    _ body: (Record) throws(EventFileProblem.Located) -> Bool
  ) throws(EventFileProblem.Located) {
    var (index, line) = (start, firstLine)
    var record = Record(line: line, fields: [])
    while index < bytes.count {
      record.line = line
      record.fields.removeAll(keepingCapacity: true)
      switch layout {
      case .delimited(let delimiter): try readFields(&record.fields, &index, &line, delimiter)
      case .bracketed: readBrackets(&record.fields, &index)
      }
      if index < bytes.count {
        // A CR and an LF behind it are one end.
        if bytes[index] == .carriageReturn, index + 1 < bytes.count, bytes[index + 1] == .lineFeed { index += 1 }
        index += 1
        line += 1
      }
      if !record.fields.isEmpty, try !body(record) { return }
    }
  }

  // MARK: One record

  /// Reads up to the end of a record; there are no fields in one that is empty or a comment.
  private func readFields(
    _ fields: inout [Field], _ index: inout Int, _ line: inout Int, _ delimiter: UInt8?
  ) throws(EventFileProblem.Located) {
    let end = bytes.count
    func skipSpaces() {
      while index < end, bytes[index] == .space || (bytes[index] == .tab && delimiter != .tab) { index += 1 }
    }
    let first = index
    skipSpaces()
    if index == end || bytes[index].isLineBreak { return }
    if bytes[index] == UInt8(ascii: "#"), !isMissingValue(at: index) {
      while index < end, !bytes[index].isLineBreak { index += 1 }
      return
    }
    index = first
    while true {
      skipSpaces()
      let start = index
      if index < end, bytes[index] == .quote, let field = try quoted(&index, &line, delimiter) {
        fields.append(field)
      } else {
        index = start
        while index < end, bytes[index] != delimiter, !bytes[index].isLineBreak { index += 1 }
        let content = bytes[start..<index].trimmed
        fields.append(Field(range: content.startIndex..<content.endIndex))
      }
      guard index < end, bytes[index] == delimiter else { break }
      index += 1
    }
    // A line of nothing but tabs is as empty as one of nothing.
    if delimiter == .tab, fields.allSatisfy(\.range.isEmpty) { fields.removeAll(keepingCapacity: true) }
  }

  /// Reads a field in quotes with the spaces behind it; nil if more than that stands there, so that the quotes are part of it.
  private func quoted(
    _ index: inout Int, _ line: inout Int, _ delimiter: UInt8?
  ) throws(EventFileProblem.Located) -> Field? {
    let (end, firstLine) = (bytes.count, line)
    var field = Field(range: index..<index, isQuoted: true)
    index += 1
    let start = index
    while true {
      guard index < end else { throw EventFileProblem.unclosedQuote.onLine(firstLine) }
      if bytes[index] == .quote {
        guard index + 1 < end, bytes[index + 1] == .quote else { break }
        field.hasDoubledQuotes = true
        index += 1
      } else if bytes[index] == .lineFeed || (bytes[index] == .carriageReturn && !isLineFeed(at: index + 1)) {
        line += 1
      }
      index += 1
    }
    let content = bytes[start..<index].trimmed
    field.range = content.startIndex..<content.endIndex
    index += 1
    while index < end, bytes[index] == .space || (bytes[index] == .tab && delimiter != .tab) { index += 1 }
    if index == end || bytes[index].isLineBreak || bytes[index] == delimiter { return field }
    line = firstLine
    return nil
  }

  private func isLineFeed(at index: Int) -> Bool { index < bytes.count && bytes[index] == .lineFeed }

  /// Whether a line that begins with # is one of the values by which spreadsheets tell that there is none.
  private func isMissingValue(at index: Int) -> Bool {
    let field = bytes[index...].prefix { !$0.isLineBreak && ![.comma, .semicolon, .tab].contains($0) }
    return MissingValue.isOne(field.trimmed)
  }

  private func readBrackets(_ fields: inout [Field], _ index: inout Int) {
    let line = bytes[index...].prefix { !$0.isLineBreak }
    index = line.endIndex
    if line.trimmed.isEmpty { return }
    if let open = line.firstIndex(of: UInt8(ascii: "[")),
      let close = line[open...].firstIndex(of: UInt8(ascii: "]"))
    {
      fields.append(Field(range: open + 1..<close))
    } else {
      fields.append(Field(range: line.startIndex..<line.endIndex))
    }
  }

  // MARK: The layout

  /// Brackets if the first line has a time in them and more beside; else the delimiter that cuts most of the first records into
  /// as many fields, one in a title being no delimiter.
  private func detectedLayout() throws(EventFileProblem.Located) -> Layout {
    let sampleSize = 100
    let lines = try records(first: sampleSize)
    guard let first = lines.first?.fields.first.map({ bytes[$0.range] }) else { return .delimited(nil) }
    if let open = first.firstIndex(of: UInt8(ascii: "[")),
      let close = first[open...].firstIndex(of: UInt8(ascii: "]")),
      open > first.startIndex || close + 1 < first.endIndex,
      EventDate(first[(open + 1)..<close]) != nil
    {
      return .bracketed
    }
    var best: (layout: Layout, share: Double)?
    for delimiter in [UInt8.tab, .semicolon, .comma] {
      var copy = self
      copy.layout = .delimited(delimiter)
      // What seems to be a quote that is not closed ends the sample: with another delimiter it may be none.
      var records: [Record] = []
      try? copy.forEachRecord { (record) throws(EventFileProblem.Located) in
        records.append(record)
        return records.count < sampleSize
      }
      let isThere = records.contains { record in
        record.fields.count > 1
          && !(delimiter == .tab && record.fields[1...].allSatisfy { bytes[$0.range].isEmpty })
          && !(delimiter == .comma && isStamp(record.fields))
      }
      if !isThere || (delimiter == .comma && copy.hasDecimalCommas(records)) { continue }
      let widths = Dictionary(grouping: records.map(\.fields.count).filter { $0 > 1 }) { $0 }.mapValues(\.count)
      let share = Double(widths.values.max() ?? 0) / Double(lines.count)
      if share > best?.share ?? 0 { best = (copy.layout, share) }
    }
    return best?.layout ?? .delimited(nil)
  }

  /// Whether a record begins with a time whose milliseconds are behind a comma, as logs have it.
  private func isStamp(_ fields: [Field]) -> Bool {
    guard !fields[0].isQuoted, EventTime(bytes[fields[0].range])?.form == .date else { return false }
    let rest = bytes[fields[1].range]
    return rest.prefix(3).count { $0.isDigit } == 3 && rest.dropFirst(3).first.map { $0 == .space } != false
      && fields[1].range.lowerBound == fields[0].range.upperBound + 1
  }

  /// Whether the commas of records stand before decimals: the heading has none.
  private func hasDecimalCommas(_ records: [Record]) -> Bool {
    guard let heading = records.first, heading.fields.count == 1, records.count > 1 else { return false }
    return !heading.fields[0].isQuoted && EventTime(bytes[heading.fields[0].range]) == nil
      && records.dropFirst().allSatisfy { isPlainNumber($0.fields) }
  }

  /// Whether a record is one number without a mark, or one with a comma that was taken for the end of a column.
  private func isPlainNumber(_ fields: [Field]) -> Bool {
    guard fields.count <= 2, fields.allSatisfy({ !$0.isQuoted && !$0.range.isEmpty }),
      let time = EventTime(bytes[fields[0].range.lowerBound..<fields[fields.count - 1].range.upperBound])
    else { return false }
    return time.form != .date && (fields.count == 2) == (time.mark == .comma || time.mark == .doubtfulComma)
      && time.mark != .point
  }

  /// The first record whose comma may be between columns or before decimals: where all are as numbers with decimals.
  func doubtfulRecord() throws(EventFileProblem.Located) -> Record? {
    guard layout == .delimited(.comma), firstLine == 1 else { return nil }
    let records = try records(first: 100)
    return records.allSatisfy { isPlainNumber($0.fields) } ? records.first { $0.fields.count == 2 } : nil
  }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}
