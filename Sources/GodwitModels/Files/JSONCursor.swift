/// A place in a JSON text, read strictly by RFC 8259 and piece by piece, so that no tree of it is ever built and nothing
/// in it can make the program stop.
struct JSONCursor {
  /// What is wrong with the text, and where.
  struct Failure: Error, Hashable {
    var offset: Int
    var problem: String
  }

  static let deepest = 64

  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func failure(_ problem: String, at place: Int? = nil) -> Failure {
    Failure(offset: place ?? offset, problem: problem)
  }

  private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  /// Whether the very next byte opens an object.
  var startsObject: Bool { peek() == UInt8(ascii: "{") }

  /// Takes a byte that stands next, space aside; says whether it did.
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek() == byte else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(Failure) {
    if !take(UInt8(ascii: character)) { throw failure("expected '\(character)'") }
  }

  /// The end of the text, space aside.
  mutating func end() throws(Failure) {
    skipSpace()
    if offset < bytes.count { throw failure("expected the end") }
  }

  /// Reads an object; `member` reads each value.
  mutating func object(_ member: (_ key: String, inout JSONCursor) throws(Failure) -> Void) throws(Failure) {
    try expect("{")
    if take(UInt8(ascii: "}")) { return }
    var keys = Set<ByteString>()
    repeat {
      skipSpace()
      let place = offset
      let key = try string()
      if !keys.insert(ByteString(key)).inserted { throw failure("the name \"\(key)\" occurs twice", at: place) }
      try expect(":")
      try member(key, &self)
    } while take(UInt8(ascii: ","))
    try expect("}")
  }

  /// Reads an array; `element` reads each value.
  mutating func array(_ element: (inout JSONCursor) throws(Failure) -> Void) throws(Failure) {
    try expect("[")
    if take(UInt8(ascii: "]")) { return }
    repeat { try element(&self) } while take(UInt8(ascii: ","))
    try expect("]")
  }

  /// Reads a whole number that is not negative.
  mutating func natural() throws(Failure) -> Int {
    skipSpace()
    let start = offset
    var value = 0
    while let digit = peek(), digit >= 0x30, digit <= 0x39 {
      let (tens, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = tens.addingReportingOverflow(Int(digit - 0x30))
      if overflows || overflowsToo { throw failure("the number does not fit into 64 bits", at: start) }
      value = sum
      offset += 1
    }
    let hasMore = peek() == UInt8(ascii: ".") || peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E")
    if start == offset || hasMore { throw failure("expected a whole number, not negative", at: start) }
    if bytes[start] == 0x30, offset - start > 1 { throw failure("a number starts with 0", at: start) }
    return value
  }

  mutating func string() throws(Failure) -> String {
    try expect("\"")
    let start = offset
    var text: [UInt8] = []
    while true {
      let plain = bytes[offset...].prefix { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
      text += plain
      offset = plain.endIndex
      guard let byte = peek() else { throw failure("a string does not end", at: start) }
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not UTF-8", at: start)
        }
        return string
      case UInt8(ascii: "\\"): text += try escape()
      default: throw failure("a control character in a string", at: offset - 1)
      }
    }
  }

  private mutating func escape() throws(Failure) -> [UInt8] {
    guard let byte = peek() else { throw failure("a string does not end") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): break
    default: throw failure("an unknown escape in a string", at: offset - 1)
    }
    var code = try fourHexadecimalDigits()
    if code >> 10 == 0xD800 >> 10, peek() == UInt8(ascii: "\\") {
      offset += 1
      guard peek() == UInt8(ascii: "u") else { throw failure("half a surrogate pair") }
      offset += 1
      let lower = try fourHexadecimalDigits()
      guard lower >> 10 == 0xDC00 >> 10 else { throw failure("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (lower - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
    return Array(String(scalar).utf8)
  }

  private mutating func fourHexadecimalDigits() throws(Failure) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw failure("expected four hexadecimal digits")
      }
      code = code << 4 | UInt32(digit)
      offset += 1
    }
    return code
  }

  /// Passes over a value of any kind.
  mutating func skipValue(depth: Int = 0) throws(Failure) {
    skipSpace()
    if depth > Self.deepest { throw failure("nested deeper than \(Self.deepest) levels") }
    switch peek() {
    case UInt8(ascii: "{"):
      try object { (_, cursor) throws(Failure) in try cursor.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try array { (cursor) throws(Failure) in try cursor.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try skipNumber()
    }
  }

  /// Takes null if it stands next; says whether it did.
  mutating func takeNull() throws(Failure) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  private mutating func word(_ word: StaticString) throws(Failure) {
    let start = offset
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for letter in letters {
      guard peek() == letter else { throw failure("expected a value", at: start) }
      offset += 1
    }
  }

  private mutating func skipNumber() throws(Failure) {
    let start = offset
    let digits = { (cursor: inout JSONCursor) -> Int in
      let first = cursor.offset
      while let byte = cursor.peek(), byte >= 0x30, byte <= 0x39 { cursor.offset += 1 }
      return cursor.offset - first
    }
    if peek() == UInt8(ascii: "-") { offset += 1 }
    let leading = peek()
    let whole = digits(&self)
    var isNumber = whole > 0 && (whole == 1 || leading != 0x30)
    if isNumber, peek() == UInt8(ascii: ".") {
      offset += 1
      isNumber = digits(&self) > 0
    }
    if isNumber, peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      offset += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
      isNumber = digits(&self) > 0
    }
    if !isNumber { throw failure("expected a value", at: start) }
  }
}
