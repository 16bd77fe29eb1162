import GodwitKernels
import GodwitRandom
import GodwitTensor

/// A text cut in two: what a model learns from, and the end, which is held out to measure it.
public struct TextSplit: Sendable {
  /// The whole text.
  public let corpus: TextCorpus
  /// The bytes to learn from.
  public let training: Range<Int>
  /// The bytes held out.
  public let validation: Range<Int>

  /// Holds out the last `share` of the text.
  ///
  /// - Parameter context: the positions that a model sees at once; each part must hold one such window and the byte
  ///   behind it, the held-out part only if it is not empty.
  /// - Throws: when the share is not in 0 ..< 1 or a part is too short.
  public init(_ corpus: TextCorpus, heldOut share: Double = 0.1, context: Int) throws(CorpusError) {
    require(context >= 1, "TextSplit: a context of \(context) is not positive")
    guard share >= 0, share < 1 else { throw .heldOutShare(share) }
    guard Self.fits(corpus.byteCount, share, context) else {
      let needed = Self.leastByteCount(share, context)
      throw .tooShort(byteCount: corpus.byteCount, needed: needed, context: context)
    }
    let kept = Self.kept(corpus.byteCount, share)
    self.corpus = corpus
    training = 0..<kept
    validation = kept..<corpus.byteCount
  }

  /// How many bytes of a text are learned from.
  private static func kept(_ byteCount: Int, _ share: Double) -> Int { Int(Double(byteCount) * (1 - share)) }

  /// Whether each part of a text holds a window and the byte behind it.
  private static func fits(_ byteCount: Int, _ share: Double, _ context: Int) -> Bool {
    let kept = kept(byteCount, share)
    return (share > 0 ? min(kept, byteCount - kept) : kept) > context
  }

  /// The bytes of the shortest text that can be cut.
  private static func leastByteCount(_ share: Double, _ context: Int) -> Int {
    // Both parts grow with the text, so the lengths that do are all above those that do not.
    var (short, long) = (0, TextCorpus.maximumByteCount)
    while long - short > 1 {
      let middle = short + (long - short) / 2
      if fits(middle, share, context) { long = middle } else { short = middle }
    }
    return long
  }

  /// Windows of `length` + 1 bytes at random places of the training part [count, length + 1]: the inputs are all but
  /// the last byte of each, the targets all but the first.
  ///
  /// Each window takes one word of the generator, so a generator that is restored continues with the same windows.
  ///
  /// - Precondition: the training part has more than `length` bytes.
  /// - Throws: when a file is no longer what it was, or cannot be read.
  public func batch(
    count: Int, length: Int, using generator: inout some RandomNumberGenerator
  ) throws(CorpusError) -> Indices {
    require(
      length >= 0 && training.count > length,
      "TextSplit.batch: windows of \(length) + 1 bytes of a training part of \(training.count)")
    let places = UInt64(training.count - length)
    let starts = (0..<count).map { _ in
      // The upper half of the product is uniform up to a bias of places / 2⁶⁴.
      training.lowerBound + Int(generator.next().multipliedFullWidth(by: places).high)
    }
    return try windows(at: starts, length: length)
  }

  /// The number of consecutive windows of the held-out part; bytes behind the last whole one are left out.
  public func validationWindowCount(length: Int) -> Int { max(validation.count - 1, 0) / max(length, 1) }

  /// Consecutive windows of the held-out part [windows, length + 1]; the last byte of each is the first of the next, so
  /// that every byte but the first is predicted once.
  ///
  /// - Precondition: `windows` lies in `0 ..< validationWindowCount(length:)`.
  /// - Throws: when a file is no longer what it was, or cannot be read.
  public func validationBatch(_ windows: Range<Int>, length: Int) throws(CorpusError) -> Indices {
    require(
      windows.lowerBound >= 0 && windows.upperBound <= validationWindowCount(length: length),
      "TextSplit.validationBatch: windows \(windows) of \(validationWindowCount(length: length))")
    return try self.windows(at: windows.map { validation.lowerBound + $0 * length }, length: length)
  }

  func windows(at starts: [Int], length: Int) throws(CorpusError) -> Indices {
    var bytes = [UInt8](repeating: 0, count: starts.count * (length + 1))
    try bytes.withTypedMutableBytes { target throws(CorpusError) in
      for (window, start) in starts.enumerated() {
        let place = window * (length + 1)
        try corpus.read(
          start..<(start + length + 1),
          into: UnsafeMutableRawBufferPointer(rebasing: target[place..<(place + length + 1)]))
      }
    }
    return Indices(bytes.map(Int32.init), shape: [starts.count, length + 1])
  }
}
