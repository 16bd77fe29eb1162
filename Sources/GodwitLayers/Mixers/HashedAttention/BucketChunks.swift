import GodwitKernels
import GodwitTensor

/// The positions of N sequences sorted by bucket and cut into C chunks of m, once for each of R rounds, and which see each other.
///
/// In a round a position sees those of its bucket in its own chunk and the one before.
struct BucketChunks {
  /// The row of a table [N T, ...] in each slot, [N, R, C, m]; in slots that are left over it is the first of the sequence.
  let rows: Indices
  /// The slot of each position, of N R C m, [N, T, R].
  let slots: Indices
  /// What is added to scores, [N, R, C, m, 2 m], or [N, R, C, m, m] if there is one chunk: 0 for a position that is seen, −∞ for
  /// others.
  ///
  /// A pair that several rounds bring together is seen in the first of them. A position sees itself with `alone`, beside which
  /// nothing else is left unless it sees no other.
  let mask: Tensor

  /// So low that it has no share beside any score, and a share of 1 by itself; −∞ would leave a row of NaN.
  private static let alone: Float = -1e30

  /// - Parameters:
  ///   - buckets: [N, T, R].
  ///   - chunk: m, if there are as many positions.
  init(_ buckets: Indices, chunk: Int) {
    let (sequences, length, rounds) = (buckets.shape[0], buckets.shape[1], buckets.shape[2])
    let size = max(min(chunk, length), 1)
    let chunks = (length + size - 1) / size
    var rows = [Int32](repeating: 0, count: sequences * rounds * chunks * size)
    var slots = [Int32](repeating: 0, count: buckets.count)
    // The bucket and the chunk of a position in one number: b (C + 1) + c. Of two positions in a round the first sees the second
    // if its number is the same or greater by 1, which cannot be between two buckets.
    var codes = [Int](repeating: 0, count: buckets.count)
    for sequence in 0..<sequences {
      for round in 0..<rounds {
        let start = (sequence * rounds + round) * chunks * size
        let sorted = (0..<length).map { position in
          Int(buckets.values[(sequence * length + position) * rounds + round]) << 32 | position
        }.sorted()
        for slot in 0..<chunks * size { rows[start + slot] = Int32(sequence * length) }
        for (slot, key) in sorted.enumerated() {
          let (bucket, row) = (key >> 32, sequence * length + key & 0xffff_ffff)
          rows[start + slot] = Int32(row)
          slots[row * rounds + round] = Int32(start + slot)
          codes[row * rounds + round] = bucket * (chunks + 1) + slot / size
        }
      }
    }
    self.rows = Indices(rows, shape: [sequences, rounds, chunks, size])
    self.slots = Indices(slots, shape: buckets.shape)
    mask = Self.mask(self.rows, codes: codes, length: length)
  }

  private static func mask(_ rows: Indices, codes: [Int], length: Int) -> Tensor {
    let (rounds, chunks, size) = (rows.shape[1], rows.shape[2], rows.shape[3])
    let seen = chunks <= 1 ? size : 2 * size
    return Tensor(Shape(Array(rows.shape) + [seen]), .float32) { target in
      let mask = target.assumingMemoryBound(to: Float.self)
      parallelRanges(rows.count / size, grain: max(4096 / (size * seen), 1)) { range in
        for index in range {
          let (round, chunk) = (index / chunks % rounds, index % chunks)
          let slots = rows.values[(index - chunk) * size..<(index - chunk + chunks) * size]
          let row = Sight(slots: slots, codes: codes, length: length, rounds: rounds, round: round)
          for slot in chunk * size..<(chunk + 1) * size {
            let target = mask + (slots.startIndex + slot) * seen
            for place in 0..<seen { target[place] = row[slot, (chunk + 1) * size - seen + place] }
          }
        }
      }
    }
  }

  /// The mask of a round of a sequence by its slots.
  private struct Sight {
    let slots: ArraySlice<Int32>
    let codes: [Int]
    let length: Int
    let rounds: Int
    let round: Int

    subscript(slot: Int, other: Int) -> Float {
      // What is left over takes part in nothing, and only must not be NaN.
      if slot >= length { return 0 }
      if other < 0 || other >= length { return -.infinity }
      if other == slot { return alone }
      let (a, b) = (row(slot) * rounds, row(other) * rounds)
      func together(_ round: Int) -> Bool { UInt(bitPattern: codes[a + round] &- codes[b + round]) <= 1 }
      return together(round) && !(0..<round).contains(where: together) ? 0 : -.infinity
    }

    private func row(_ slot: Int) -> Int { Int(slots[slots.startIndex + slot]) }
  }
}
