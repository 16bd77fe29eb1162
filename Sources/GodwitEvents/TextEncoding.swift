/// How the characters of a file are written: UTF-8, or UTF-16 as "Unicode text" of Windows programs has it.
enum TextEncoding: Hashable {
  case utf8
  case utf16(isBigEndian: Bool)

  /// By the mark of the byte order, or by where the zeros of Latin letters and digits are.
  init(_ bytes: ArraySlice<UInt8>) {
    let front = Array(bytes.prefix(64))
    let pairs = front.count / 2
    // Zeros in the first and in the second bytes of pairs.
    let first = (0..<pairs).count { front[2 * $0] == 0 }
    let second = (0..<pairs).count { front[2 * $0 + 1] == 0 }
    if front.starts(with: [0xFF, 0xFE]) {
      self = .utf16(isBigEndian: false)
    } else if front.starts(with: [0xFE, 0xFF]) {
      self = .utf16(isBigEndian: true)
    } else if second >= 2, second > 4 * first, 2 * second > pairs {
      self = .utf16(isBigEndian: false)
    } else if first >= 2, first > 4 * second, 2 * first > pairs {
      self = .utf16(isBigEndian: true)
    } else {
      self = .utf8
    }
  }

  /// Why the front of a file is not that of a text, if it is not.
  static func problem(_ bytes: ArraySlice<UInt8>) -> EventFileProblem? {
    let front = Array(bytes.prefix(4))
    if front == [0xFF, 0xFE, 0, 0] || front == [0, 0, 0xFE, 0xFF] { return .encoding("UTF-32") }
    if TextEncoding(bytes) == .utf8, bytes.contains(0) { return .notText }
    return nil
  }

  /// The same text in UTF-8.
  static func utf8(_ bytes: [UInt8]) throws(EventFileProblem.Located) -> [UInt8] {
    if let problem = problem(bytes[...]) { throw problem.anywhere }
    guard case .utf16(let isBigEndian) = TextEncoding(bytes[...]) else { return bytes }
    if bytes.count % 2 != 0 { throw EventFileProblem.encoding("UTF-16 whose last character is cut off").anywhere }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / 2)
    var decoder = Unicode.UTF16.ForwardParser()
    var units = stride(from: 0, to: bytes.count, by: 2).lazy.map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }.makeIterator()
    while true {
      switch decoder.parseScalar(from: &units) {
      case .valid(let scalar): result.append(contentsOf: UTF8.encode(UTF16.decode(scalar))!)
      case .error: result += [0xEF, 0xBF, 0xBD]
      case .emptyInput: return result
      }
    }
  }
}
