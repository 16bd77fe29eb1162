import GodwitKernels

/// The words that are transformed together: 8 KiB, which stay in the first cache.
let pieceLength = 1024

/// Gives `body` the next `count` words of a generator, piece by piece: their place among the `count` and the words.
///
/// The words of a `Philox` are made where they are needed, on several threads, so `body` may run at the same time for
/// different pieces; those of any other generator are taken one by one. Both give the same words for the same state.
func forEachPiece<Generator: RandomNumberGenerator>(
  of count: Int, using generator: inout Generator,
  _ body: (_ place: Int, _ words: UnsafeMutableBufferPointer<UInt64>) -> Void
) {
  let philox = generator as? Philox
  let pieces = (count + pieceLength - 1) / pieceLength
  if let philox {
    parallelRanges(pieces, grain: 4) { range in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: pieceLength) { buffer in
        for place in stride(from: range.lowerBound * pieceLength, to: range.upperBound * pieceLength, by: pieceLength) {
          let words = UnsafeMutableBufferPointer(rebasing: buffer[..<min(pieceLength, count - place)])
          var start = philox.advanced(by: UInt64(place))
          start.fill(words)
          body(place, words)
        }
      }
    }
    if let end = philox.advanced(by: UInt64(count)) as? Generator { generator = end }
    return
  }
  withUnsafeTemporaryAllocation(of: UInt64.self, capacity: pieceLength) { buffer in
    for place in stride(from: 0, to: count, by: pieceLength) {
      let words = UnsafeMutableBufferPointer(rebasing: buffer[..<min(pieceLength, count - place)])
      for index in words.indices { words[index] = generator.next() }
      body(place, words)
    }
  }
}

/// Fills `target` two samples to a word: `body` makes 2 · `count` samples of `count` words.
func forEachPairOfFloats(
  _ target: UnsafeMutablePointer<Float>, count: Int, using generator: inout some RandomNumberGenerator,
  _ body: (_ words: UnsafePointer<UInt64>, _ samples: UnsafeMutablePointer<Float>, _ count: Int) -> Void
) {
  forEachPiece(of: (count + 1) / 2, using: &generator) { place, words in
    guard let base = words.baseAddress else { return }
    let whole = min(words.count, count / 2 - place)
    body(base, target + 2 * place, whole)
    if whole < words.count {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2) { pair in
        body(base + whole, pair.baseAddress!, 1)
        target[count - 1] = pair[0]
      }
    }
  }
}
