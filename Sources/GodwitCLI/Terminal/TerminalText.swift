/// Text for a terminal, from bytes that come one by one: nothing in it can move the cursor or change the terminal.
struct TerminalText {
  /// The bytes of a character that is not whole yet.
  private var pending: [UInt8] = []

  /// The text that is whole with one more byte; what is not UTF-8 becomes U+FFFD.
  mutating func add(_ byte: UInt8) -> String {
    if byte & 0xC0 == 0x80, !pending.isEmpty {
      pending.append(byte)
      return pending.count == Self.length(after: pending[0]) ? finish() : ""
    }
    let text = finish()
    pending = [byte]
    return text + (Self.length(after: byte) == 1 ? finish() : "")
  }

  /// What is left at the end.
  mutating func finish() -> String {
    defer { pending = [] }
    return Self.escaped(String(decoding: pending, as: UTF8.self))
  }

  /// A text with control characters other than line break and tab written out: `\x1B`.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\x" + (digits.count == 1 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The same on one line: a name or a value from a file may hold line breaks.
  static func onOneLine(_ text: String) -> String {
    escaped(String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }))
  }

  /// The length of a character in UTF-8 by its first byte.
  private static func length(after first: UInt8) -> Int {
    switch first {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
