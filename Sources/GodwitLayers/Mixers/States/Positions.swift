import GodwitKernels
import GodwitTensor

/// How many positions each of some sequences has had: the part of a state that tells where it is.
public struct Positions: SequenceState {
  /// [B, 2]: the bits of each number from the 31st on, and those below, so that a stream may go on for ever.
  private var words: Indices

  /// No position yet, of `batch` sequences.
  public init(batch: Int) { words = Indices([Int32](repeating: 0, count: 2 * batch), shape: [batch, 2]) }

  /// The given numbers of positions.
  ///
  /// - Precondition: none is negative.
  public init(_ values: [Int]) {
    for value in values {
      require(value >= 0 && value >> 62 == 0, "Positions: \(value) positions; expected 0 ..< 2^62")
    }
    words = Indices(
      values.flatMap { [Int32($0 >> 31), Int32(truncatingIfNeeded: $0 & 0x7FFF_FFFF)] }, shape: [values.count, 2])
  }

  /// The number of sequences.
  public var count: Int { words.shape[0] }

  /// The number of positions of each sequence.
  public var values: [Int] { (0..<count).map { self[$0] } }

  /// The number of positions of one sequence.
  public subscript(row: Int) -> Int { Int(words.values[2 * row]) << 31 | Int(words.values[2 * row + 1]) }

  /// The number of positions that all sequences have had, 0 if there are no sequences; nil where they differ.
  public var common: Int? {
    if count == 0 { return 0 }
    let first = self[0]
    for row in 1..<max(count, 1) where self[row] != first { return nil }
    return first
  }

  /// The greatest number of positions.
  public var most: Int { values.max() ?? 0 }

  /// Each sequence goes on by `count` positions.
  public mutating func advance(by count: Int) { self = Positions(values.map { $0 + count }) }

  public func problem(expecting initial: Positions) -> String? {
    if words.shape != initial.words.shape {
      return "position has the shape \(words.shape), expected \(initial.words.shape)"
    }
    return words.values.contains { $0 < 0 } ? "position has a negative number" : nil
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit(&words) }
}
