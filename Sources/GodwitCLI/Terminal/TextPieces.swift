/// Text that comes byte by byte, cut into pieces for a program: at the end of each line, and where one would grow long.
struct TextPieces {
  private var pending: [UInt8] = []

  /// The piece that is whole with one more byte, if there is one.
  mutating func add(_ byte: UInt8) -> [UInt8]? {
    // Between two characters; a run of bytes that is no character is cut somewhere.
    let isCut = pending.count >= 80 && byte != UInt8(ascii: "\n") && (byte & 0xC0 != 0x80 || pending.count >= 84)
    let piece = isCut ? finish() : nil
    pending.append(byte)
    return byte == UInt8(ascii: "\n") ? finish() : piece
  }

  /// What is left at the end.
  mutating func finish() -> [UInt8]? {
    defer { pending = [] }
    return pending.isEmpty ? nil : pending
  }
}
