/// Where an outer-product recurrence is computed by chunks, and how long they are.
extension OuterProductShape {
  /// Longer chunks have more weights to compute, shorter ones pass through the state more often. From 32 to 96 it makes a tenth.
  private static let mostInChunk = 48

  /// The same sizes, with chunks of nearly equal lengths.
  package var byChunks: OuterProductShape {
    var shape = self
    let chunks = max((length + Self.mostInChunk - 1) / Self.mostInChunk, 1)
    shape.chunk = max((length + chunks - 1) / chunks, 1)
    return shape
  }

  /// Whether ``outerProductRecurrenceByChunks`` is faster than the walk by positions, which is left alone by what it has no form for:
  /// a decay for each channel, a strictly past read; and none at all, where a walk has no more to do than chunks.
  ///
  /// Measured (Zen 3, AVX2, T 2,048, one thread, milliseconds by the walk → by chunks):
  ///
  /// | heads, of queries and keys, K, V | forward | gradient |
  /// |---|---|---|
  /// | 24, 1, 16, 64 | 11.5 → 14.8 | 34.7 → 34.3 |
  /// | 24, 1, 32, 64 | 13.6 → 13.2 | 44.7 → 35.3 |
  /// | 24, 1, 64, 64 | 26.0 → 25.1 | 99.1 → 68.9 |
  /// | 24, 1, 128, 64 | 52.0 → 41.6 | 236 → 121 |
  /// | 24, 24, 32, 64 | 17.6 → 23.9 | 58.3 → 70.7 |
  /// | 12, 12, 64, 64 | 11.4 → 13.1 | 44.3 → 35.7 |
  /// | 12, 12, 64, 128 | 31.3 → 34.6 | 116 → 104 |
  /// | 6, 6, 128, 256 | 54.8 → 43.1 | 213 → 128 |
  /// | 3, 3, 256, 512 | 98.7 → 65.2 | 364 → 197 |
  package func isFasterByChunks(_ decay: OuterProductDecay, gradient: Bool) -> Bool {
    switch decay {
    case .perHead, .perPosition: break
    case .none, .perHeadChannel, .perChannel: return false
    }
    if strictlyPast || length < 16 || heads * keyWidth * valueWidth == 0 { return false }
    // A chunk saves on passing through the state, and costs for each of its rows; rows of queries and keys are shared.
    let rows = valueWidth + 2 * keyWidth / min(max(headsPerKey, 1), OuterProductChunks.headsInPart)
    // A walk of heads that share queries and keys would have to write them out for each.
    let saving = gradient || keyHeads < heads ? 20 : 40
    return keyWidth * valueWidth >= saving * rows
  }
}
