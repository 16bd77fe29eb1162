/// A place in a text of bytes, from which a reader takes what it knows.
struct ByteCursor {
  private let bytes: ArraySlice<UInt8>
  private var index: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  var isAtEnd: Bool { index == bytes.endIndex }
  var next: UInt8? { isAtEnd ? nil : bytes[index] }
  var rest: ArraySlice<UInt8> { bytes[index...] }

  /// Takes one byte if it is one of those.
  mutating func take(_ expected: UInt8...) -> Bool {
    guard let next, expected.contains(next) else { return false }
    index += 1
    return true
  }

  mutating func skipSpaces() {
    while next == .space { index += 1 }
  }

  /// Takes a number of at least and at most so many digits, if it is in a range.
  mutating func number(_ digits: ClosedRange<Int>, _ range: ClosedRange<Int>) -> Int? {
    let start = index
    var value = 0
    while let next, next.isDigit, index - start < digits.upperBound {
      value = 10 * value + Int(next - .zero)
      index += 1
    }
    guard index - start >= digits.lowerBound, range.contains(value) else {
      index = start
      return nil
    }
    return value
  }

  /// Takes all digits that there are.
  mutating func digits() -> ArraySlice<UInt8> {
    let start = index
    while let next, next.isDigit { index += 1 }
    return bytes[start..<index]
  }

  /// Takes all letters of ASCII that there are, in lower case.
  mutating func letters() -> String {
    let start = index
    while let next, next.isLetter { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
  }
}

extension UInt8 {
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")
  static let point = UInt8(ascii: ".")
  static let zero = UInt8(ascii: "0")

  var isDigit: Bool { (48...57).contains(self) }
  var isLetter: Bool { (97...122).contains(self | 0x20) }
  var isLineBreak: Bool { self == .lineFeed || self == .carriageReturn }
}

extension ArraySlice<UInt8> {
  /// Without the spaces and tabs at both ends.
  var trimmed: ArraySlice<UInt8> {
    var (start, end) = (startIndex, endIndex)
    while start < end, self[start] == .space || self[start] == .tab { start += 1 }
    while end > start, self[end - 1] == .space || self[end - 1] == .tab { end -= 1 }
    return self[start..<end]
  }

  var text: String { String(decoding: self, as: UTF8.self) }
}
