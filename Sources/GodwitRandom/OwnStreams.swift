import GodwitKernels

/// The words of a `Philox` stream, made many at a time.
struct BufferedWords: RandomNumberGenerator {
  /// How many are made at a time: 512 bytes, enough for the vectors and little to lose at the end.
  static let capacity = 64

  private var philox: Philox
  private let buffer: UnsafeMutableBufferPointer<UInt64>
  private var taken: Int

  /// - Parameter buffer: room for `capacity` words, which outlives the generator.
  init(_ philox: Philox, in buffer: UnsafeMutableBufferPointer<UInt64>) {
    self.philox = philox
    self.buffer = buffer
    taken = buffer.count
  }

  mutating func next() -> UInt64 {
    if taken == buffer.count {
      philox.fill(buffer)
      taken = 0
    }
    defer { taken += 1 }
    return buffer[taken]
  }

  /// The next words, as `next()` gives them.
  mutating func fill(_ target: UnsafeMutableBufferPointer<UInt64>) {
    let left = min(buffer.count - taken, target.count)
    for index in 0..<left { target[index] = buffer[taken + index] }
    taken += left
    philox.fill(UnsafeMutableBufferPointer(rebasing: target[left...]))
  }
}

/// Calls `body` for consecutive ranges of `grain` of the indices `0 ..< count`, each with a generator of its own, on several
/// threads: for samples that take as many words as they happen to need.
///
/// Two words of the generator become the key and the first stream of the others, so that what they give does not depend on the
/// number of threads, and is independent of what the generator gives later.
func forEachRange(
  of count: Int, grain: Int, using generator: inout some RandomNumberGenerator,
  _ body: (_ range: Range<Int>, _ words: inout BufferedWords) -> Void
) {
  if count == 0 { return }
  let (key, stream) = (generator.next(), generator.next())
  let ranges = (count + grain - 1) / grain
  parallelRanges(ranges, grain: 1) { part in
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: BufferedWords.capacity) { buffer in
      for index in part {
        var words = BufferedWords(Philox(seed: key, stream: stream &+ UInt64(index)), in: buffer)
        body(index * grain..<min((index + 1) * grain, count), &words)
      }
    }
  }
}
