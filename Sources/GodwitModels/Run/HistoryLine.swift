#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A line of `metrics.jsonl` as it is read: its fields by name, whatever version wrote it.
struct HistoryLine {
  private enum Field {
    case text(String)
    case number(Double, Int?)
    case null
    case other
  }

  private let fields: [(name: String, value: Field)]

  /// Nil if it is not a JSON object.
  ///
  /// - Parameters:
  ///   - line: has a line break behind it in memory, as `FileLines` gives it.
  init?(_ line: UnsafeBufferPointer<UInt8>) {
    guard let fields = Self.plainFields(line) ?? Self.fields(line) else { return nil }
    self.fields = fields
  }

  private func field(_ name: String) -> Field? { fields.first { $0.name == name }?.value }

  func text(_ name: String) -> String? {
    if case .text(let value)? = field(name) { return value }
    return nil
  }

  func number(_ name: String) -> Double? {
    if case .number(let value, _)? = field(name) { return value }
    return nil
  }

  func integer(_ name: String) -> Int? {
    if case .number(_, let value)? = field(name) { return value }
    return nil
  }

  /// The values of some figures, if all of them are there.
  func figures(_ figures: [TaskFigures.Figure]) -> [Double]? {
    let values = figures.compactMap { number($0.key) }
    return values.count == figures.count ? values : nil
  }

  /// Whether all of some figures are null, as where no data are held out.
  func areNull(_ figures: [TaskFigures.Figure]) -> Bool {
    figures.allSatisfy { figure in
      if case .null? = field(figure.key) { return true }
      return false
    }
  }

  // MARK: Reading

  /// The fields of any object.
  private static func fields(_ line: UnsafeBufferPointer<UInt8>) -> [(name: String, value: Field)]? {
    let bytes = Array(line)
    var cursor = JSONCursor(bytes)
    var fields: [(name: String, value: Field)] = []
    do throws(JSONCursor.Failure) {
      try cursor.object { (name, cursor) throws(JSONCursor.Failure) in
        let start = cursor.offset
        try cursor.skipValue()
        fields.append((name, value(line, start..<cursor.offset)))
      }
      try cursor.end()
    } catch { return nil }
    return fields
  }

  /// What a sound value is, space before it aside.
  private static func value(_ line: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Field {
    let text = line[range].drop { $0 <= UInt8(ascii: " ") }
    switch text.first ?? 0 {
    case UInt8(ascii: "\""):
      var cursor = JSONCursor(Array(text))
      return (try? cursor.string()).map(Field.text) ?? .other
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number(line, text.startIndex..<text.endIndex)
    case UInt8(ascii: "n"): return .null
    default: return .other
    }
  }

  /// The value of a sound number; other than a number if it is too great.
  private static func number(_ line: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Field {
    let text = line[range]
    if text.count <= 18, text.allSatisfy({ $0 >= UInt8(ascii: "0") }) && text.allSatisfy({ $0 <= UInt8(ascii: "9") }) {
      let value = text.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
      return .number(Double(value), value)
    }
    // It ends at the comma, the brace, the space or the line break behind it.
    let value = UnsafeRawPointer(line.baseAddress! + range.lowerBound).withMemoryRebound(to: CChar.self, capacity: 1) {
      strtod($0, nil)
    }
    guard value.isFinite else { return .other }
    return .number(value, Int(String(decoding: text, as: UTF8.self)) ?? Int(exactly: value))
  }

  /// The fields of an object of numbers and short plain texts, as almost every line is one; nil if it is none, or may be none.
  ///
  /// A history may have millions of lines, and this reads them ten times as fast.
  private static func plainFields(_ line: UnsafeBufferPointer<UInt8>) -> [(name: String, value: Field)]? {
    var scan = PlainScan(bytes: line)
    guard scan.take("{") else { return nil }
    var fields: [(name: String, value: Field)] = []
    fields.reserveCapacity(8)
    repeat {
      scan.skipSpaces()
      guard let name = scan.string(), fields.count < 16, !fields.contains(where: { $0.name == name }), scan.take(":")
      else { return nil }
      scan.skipSpaces()
      if let text = scan.string() {
        fields.append((name, .text(text)))
      } else if let range = scan.number() {
        fields.append((name, number(line, range)))
      } else {
        return nil
      }
    } while scan.take(",")
    return scan.take("}") && scan.isAtEnd ? fields : nil
  }
}

/// A place in a line of plain JSON.
private struct PlainScan {
  let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  mutating func skipSpaces() { while next == UInt8(ascii: " ") { offset += 1 } }

  /// A string of ASCII without escapes; nil, at the same place, if there is none.
  mutating func string() -> String? {
    guard next == UInt8(ascii: "\"") else { return nil }
    var end = offset + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      if bytes[end] < 0x20 || bytes[end] > 0x7E || bytes[end] == UInt8(ascii: "\\") { return nil }
      end += 1
    }
    guard end < bytes.count else { return nil }
    defer { offset = end + 1 }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[(offset + 1)..<end]), as: UTF8.self)
  }

  private mutating func skipDigits() -> Int {
    let start = offset
    while next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") { offset += 1 }
    return offset - start
  }

  /// The place of a number by the grammar of JSON.
  mutating func number() -> Range<Int>? {
    let start = offset
    _ = take("-")
    let leadsWithZero = next == UInt8(ascii: "0")
    let whole = skipDigits()
    guard whole == 1 || whole > 1 && !leadsWithZero else { return nil }
    if take("."), skipDigits() == 0 { return nil }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if skipDigits() == 0 { return nil }
    }
    return start..<offset
  }
}
