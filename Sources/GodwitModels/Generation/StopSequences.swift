/// Texts at which writing ends, found in bytes as they come: none of a text that ends it is given out.
struct StopSequences: Sendable {
  private let texts: [[UInt8]]
  /// Bytes that may be the beginning of one of the texts.
  private var held: [UInt8] = []

  /// - Throws: if one of the texts is empty.
  init(_ texts: [[UInt8]]) throws(WritingError) {
    if texts.contains(where: \.isEmpty) { throw .emptyStopSequence }
    self.texts = texts
  }

  /// Takes the next byte; gives the bytes that are now known to be of no such text, or nil if one of them is complete.
  mutating func add(_ byte: UInt8) -> [UInt8]? {
    held.append(byte)
    for text in texts where held.suffix(text.count) == text[...] {
      held.removeLast(text.count)
      return nil
    }
    let kept = (0...held.count).reversed().first { count in
      count == 0 || texts.contains { $0.count > count && held.suffix(count) == $0.prefix(count) }
    }
    let free = Array(held.dropLast(kept ?? 0))
    held.removeFirst(free.count)
    return free
  }

  /// What was held back, where nothing comes any more or a text is complete.
  mutating func finish() -> [UInt8] {
    defer { held = [] }
    return held
  }
}

/// A way of writing that there is not.
public enum WritingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A number of bytes below 0.
  case negativeLimit(Int)
  /// A text at which writing ends, without a byte.
  case emptyStopSequence

  public var description: String {
    switch self {
    case .negativeLimit(let limit): "the number of bytes to write is \(limit); give one of at least 0"
    case .emptyStopSequence: "a stop sequence is empty; give at least one byte, or leave it out"
    }
  }
}
