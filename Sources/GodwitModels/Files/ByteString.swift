/// A name that is another one unless its bytes are the same: `String` also takes é for e with an accent behind it, which are two
/// names to a file system and in a file of tensors.
struct ByteString: Hashable, Comparable, Sendable {
  private let bytes: [UInt8]

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  /// The name as a text.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  static func < (a: ByteString, b: ByteString) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

extension StringProtocol {
  /// Whether the bytes are those of another text.
  package func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Whether the first bytes are those of a text, whatever stands behind them.
  package func hasBytes(first text: some StringProtocol) -> Bool { utf8.starts(with: text.utf8) }

  /// Whether the last bytes are those of a text.
  package func hasBytes(last text: some StringProtocol) -> Bool {
    utf8.suffix(text.utf8.count).elementsEqual(text.utf8)
  }
}

extension String {
  /// The parts of a path between its slashes. A slash stays one where a name begins with an accent, which makes one character of
  /// both.
  package var pathParts: [String] {
    utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }
}
