/// The sizes of a mixed chunk attention: for each of H heads, queries and keys of two kinds of width K, values of width V.
package struct MixedChunkShape: Sendable {
  package let batch, heads, length, keyWidth, valueWidth: Int
  /// Positions in a chunk.
  package let chunk: Int
  /// Position t sees its chunk up to itself and the chunks before; otherwise its whole chunk and all chunks.
  package let causal: Bool
  /// Positions before the first, a multiple of `chunk`: those of the initial sums.
  package let position: Int
  /// Whether a position attends to its chunk.
  package let local: Bool
  /// Whether a position reads the sums over the chunks.
  package let global: Bool

  package init(
    batch: Int, heads: Int, length: Int, keyWidth: Int, valueWidth: Int, chunk: Int, causal: Bool = true,
    position: Int = 0, local: Bool = true, global: Bool = true
  ) {
    self.batch = batch
    self.heads = heads
    self.length = length
    self.keyWidth = keyWidth
    self.valueWidth = valueWidth
    self.chunk = chunk
    self.causal = causal
    self.position = position
    self.local = local
    self.global = global
  }

  package var chunks: Int { (length + chunk - 1) / chunk }

  /// The most positions that one chunk has.
  var longestChunk: Int { Swift.min(chunk, length) }

  /// Elements of one sum of outer products.
  package var stateCount: Int { keyWidth * valueWidth }

  /// What divides the squares of the scores: constant, so that a chunk that is still growing is weighed as it will be.
  var localScale: Float { 1 / (Float(chunk) * Float(keyWidth)) }

  /// What multiplies the sums that a chunk reads: one over the positions in them, 0 where there are none.
  package func globalScale(_ index: Int) -> Double {
    let count = causal ? position + index * chunk : length
    return count > 0 ? 1 / Double(count) : 0
  }

  func isFull(_ index: Int) -> Bool { (index + 1) * chunk <= length }

  /// The task of one chunk.
  struct Chunk {
    let batch, head, index: Int
    let rows: Range<Int>
  }

  /// Calls `body` for all chunks on all threads.
  func forEachChunk(_ body: (Chunk) -> Void) {
    parallelFor(batch * heads * chunks) { task in
      let (part, index) = (task / chunks, task % chunks)
      let start = index * chunk
      body(
        Chunk(
          batch: part / heads, head: part % heads, index: index, rows: start..<Swift.min(start + chunk, length)))
    }
  }

  /// Where the sums of a chunk begin among those of all, [B, H, N, K, V].
  func stateStart(_ place: Chunk) -> Int {
    ((place.batch * heads + place.head) * chunks + place.index) * stateCount
  }

  /// Runs of queries of a chunk that are computed at once, with the number of the chunk's keys that they may see: shorter
  /// runs leave out more of what is not seen.
  func blocks(_ place: Chunk) -> [(queries: Range<Int>, keys: Int)] {
    let count = place.rows.count
    guard causal else { return [(0..<count, count)] }
    return stride(from: 0, to: count, by: 128).map { start in
      let end = Swift.min(start + 128, count)
      return (start..<end, end)
    }
  }
}
