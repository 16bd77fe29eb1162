import GodwitKernels

extension RandomWalk {
  /// The places of independent walks after `steps` steps, each step drawn.
  ///
  /// They are those at the ends of `paths(of:steps:using:)` for the same state of the generator, at any number of threads.
  ///
  /// - Precondition: neither number is negative.
  /// - Complexity: O(walks · steps / 64).
  public func endPoints(of walks: Int, steps: Int, using generator: inout some RandomNumberGenerator) -> [Int] {
    requireCounts(walks, steps)
    return [Int](unsafeUninitializedCapacity: walks) { ends, count in
      forEachPart(of: walks, steps: steps, using: &generator) { range, first, steps, bits in
        let words = (steps + 63) / 64
        // The bits of the last word that are steps.
        let mask = UInt64.max >> UInt64(64 * words - steps)
        for walk in range {
          let bits = bits + (walk - range.lowerBound) * words
          var up = (bits[words - 1] & mask).nonzeroBitCount
          for index in 0..<words - 1 { up += bits[index].nonzeroBitCount }
          ends[walk] = (first == 0 ? 0 : ends[walk]) + 2 * up - steps
        }
      }
      if steps == 0 { for walk in 0..<walks { ends[walk] = 0 } }
      count = walks
    }
  }

  /// The places of independent walks after each of `steps` steps, [walks, steps]: one walk after the other.
  ///
  /// - Precondition: neither number is negative; a place fits into 32 bits.
  /// - Complexity: O(walks · steps).
  public func paths(of walks: Int, steps: Int, using generator: inout some RandomNumberGenerator) -> [Int32] {
    requireCounts(walks, steps)
    return [Int32](unsafeUninitializedCapacity: walks * steps) { places, count in
      fillPaths(UnsafeMutableBufferPointer(rebasing: places[..<(walks * steps)]), steps: steps, using: &generator)
      count = walks * steps
    }
  }

  /// Fills `target`, [walks, steps], with the places of independent walks after each step, as `paths(of:steps:using:)` gives them.
  ///
  /// - Precondition: the length of `target` is a multiple of `steps`; a place fits into 16 bits.
  public func fillPaths(
    _ target: UnsafeMutableBufferPointer<Int16>, steps: Int, using generator: inout some RandomNumberGenerator
  ) {
    fill(target, steps, using: &generator) { walkPaths(from: $0, $1, steps: $2, $3, $4) }
  }

  /// Fills `target`, [walks, steps], with the places of independent walks after each step, as `paths(of:steps:using:)` gives them.
  ///
  /// - Precondition: the length of `target` is a multiple of `steps`; a place fits into 32 bits.
  public func fillPaths(
    _ target: UnsafeMutableBufferPointer<Int32>, steps: Int, using generator: inout some RandomNumberGenerator
  ) {
    fill(target, steps, using: &generator) { walkPaths(from: $0, $1, steps: $2, $3, $4) }
  }

  /// - Parameter walkPaths: makes the places of walks from those before them: from, walks, steps, bits, places.
  private func fill<Place: FixedWidthInteger>(
    _ target: UnsafeMutableBufferPointer<Place>, _ steps: Int, using generator: inout some RandomNumberGenerator,
    _ walkPaths: (Place, Int, Int, UnsafePointer<UInt64>, UnsafeMutablePointer<Place>) -> Void
  ) {
    guard let base = target.baseAddress, !target.isEmpty else { return }
    require(
      steps > 0 && target.count % steps == 0,
      "fillPaths: room for \(target.count) places is not a whole number of walks of \(steps) steps")
    require(steps <= Int(Place.max), "fillPaths: \(steps) steps, but a place is at most \(Place.max)")
    forEachPart(of: target.count / steps, steps: steps, using: &generator) { range, first, count, bits in
      let part = base + range.lowerBound * steps + first
      walkPaths(first == 0 ? 0 : part[-1], range.count, count, bits, part)
    }
  }

  /// The words of bits that are drawn together.
  private static let wordsTogether = 1024

  /// Calls `body` for some walks at a time, of long ones for a part after the other, with the bits of their steps, on several
  /// threads.
  private func forEachPart(
    of walks: Int, steps: Int, using generator: inout some RandomNumberGenerator,
    _ body: (_ walks: Range<Int>, _ first: Int, _ steps: Int, _ bits: UnsafePointer<UInt64>) -> Void
  ) {
    let bits = BernoulliBits(probability: probability)
    let (wordsOfWalk, most) = ((steps + 63) / 64, RandomWalk.wordsTogether)
    if wordsOfWalk == 0 { return }
    forEachRange(of: walks, grain: max(most / wordsOfWalk, 1), using: &generator) { range, words in
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: most) { buffer in
        guard let base = buffer.baseAddress else { return }
        if wordsOfWalk <= most {
          bits.fill(UnsafeMutableBufferPointer(rebasing: buffer[..<(range.count * wordsOfWalk)]), using: &words)
          return body(range, 0, steps, base)
        }
        for walk in range {
          for first in stride(from: 0, to: wordsOfWalk, by: most) {
            let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(most, wordsOfWalk - first)])
            bits.fill(part, using: &words)
            body(walk..<walk + 1, 64 * first, min(64 * part.count, steps - 64 * first), base)
          }
        }
      }
    }
  }

  private func requireCounts(_ walks: Int, _ steps: Int) {
    require(walks >= 0 && steps >= 0, "RandomWalk: \(walks) walks of \(steps) steps, expected 0 or more of both")
  }
}
