import CGodwitKernels

/// Gradients that several parts of an ``OuterProductChunks`` have a share in: each part leaves its own, and they are added up in the
/// order of the parts, so that the number of threads changes no bit.
final class OuterProductChunkSums {
  private let chunks: OuterProductChunks
  private let decayGradient: OuterProductDecayGradient
  private let queryGradient, keyGradient: MutableAttentionRows
  /// Of queries, then of keys, [B, G, parts, T, K padded]; none where there is one part.
  private let shares: UnsafeMutablePointer<Float>
  private let shareCount: Int
  /// Of the logarithms of the decays, [cuts, B, T, H].
  private let decays: UnsafeMutablePointer<Double>
  private let decayCount: Int

  init(
    _ chunks: OuterProductChunks, _ decayGradient: OuterProductDecayGradient, _ queryGradient: MutableAttentionRows,
    _ keyGradient: MutableAttentionRows
  ) {
    let shape = chunks.shape
    (self.chunks, self.decayGradient) = (chunks, decayGradient)
    (self.queryGradient, self.keyGradient) = (queryGradient, keyGradient)
    let parts = chunks.partsPerKeyHead
    shareCount = parts == 1 ? 0 : shape.batch * shape.keyHeads * parts * shape.length * chunks.keyStride
    decayCount = decayGradient.isWanted ? chunks.cuts * shape.batch * shape.length * shape.heads : 0
    shares = MemoryCache.allocate(byteCount: 8 * shareCount).assumingMemoryBound(to: Float.self)
    decays = MemoryCache.allocate(byteCount: 8 * decayCount).assumingMemoryBound(to: Double.self)
  }

  deinit {
    MemoryCache.deallocate(shares, byteCount: 8 * shareCount)
    MemoryCache.deallocate(decays, byteCount: 8 * decayCount)
  }

  private var shape: OuterProductShape { chunks.shape }

  /// Where the gradients of the decays of some positions go, H apart; nil if they are not wanted.
  func decays(_ part: OuterProductChunks.Part, _ head: Int, _ range: Range<Int>) -> UnsafeMutablePointer<Double>? {
    guard decayGradient.isWanted else { return nil }
    return decays + ((part.cut * shape.batch + part.batch) * shape.length + range.lowerBound) * shape.heads + head
  }

  /// Takes the share of a part in the gradients of some queries and keys.
  func store(
    _ part: OuterProductChunks.Part, _ range: Range<Int>, queries: UnsafePointer<Float>, keys: UnsafePointer<Float>
  ) {
    let stride = chunks.keyStride
    guard shareCount > 0 else {
      unpack(queries, parts: 1, part.batch, part.keyHead, range, queryGradient)
      return unpack(keys, parts: 1, part.batch, part.keyHead, range, keyGradient)
    }
    let place = share(part.batch, part.keyHead, part.index, range.lowerBound)
    (shares + place).update(from: queries, count: range.count * stride)
    (shares + shareCount + place).update(from: keys, count: range.count * stride)
  }

  private func share(_ batch: Int, _ keyHead: Int, _ part: Int, _ row: Int) -> Int {
    (((batch * shape.keyHeads + keyHead) * chunks.partsPerKeyHead + part) * shape.length + row) * chunks.keyStride
  }

  /// The sum of `parts` shares to where it belongs.
  private func unpack(
    _ source: UnsafePointer<Float>, parts: Int, _ batch: Int, _ keyHead: Int, _ range: Range<Int>,
    _ target: MutableAttentionRows
  ) {
    let first = target.pointer + batch * target.batchStride + keyHead * shape.keyWidth
    chunks.table.pointee.unpack(
      range.count, shape.keyWidth, chunks.keyStride, source, shape.length * chunks.keyStride, parts,
      first + range.lowerBound * target.rowStride, target.rowStride, 1)
  }

  /// Adds the shares up.
  func finish() {
    if shareCount > 0 {
      parallelFor(shape.batch * shape.keyHeads * chunks.chunks) { task in
        let (place, range) = (task / chunks.chunks, chunks.range(task % chunks.chunks))
        let (batch, keyHead) = (place / shape.keyHeads, place % shape.keyHeads)
        let first = shares + share(batch, keyHead, 0, range.lowerBound)
        unpack(first, parts: chunks.partsPerKeyHead, batch, keyHead, range, queryGradient)
        unpack(first + shareCount, parts: chunks.partsPerKeyHead, batch, keyHead, range, keyGradient)
      }
    }
    let count = shape.batch * shape.length * shape.heads
    func sum(_ index: Int) -> Double {
      (0..<chunks.cuts).reduce(0) { $0 + decays[$1 * count + index] }
    }
    switch decayGradient {
    case .perPosition(let target):
      for index in 0..<count { target[index] = Float(sum(index)) }
    case .perHead(let target):
      for head in 0..<shape.heads {
        target[head] = Float(stride(from: head, to: count, by: shape.heads).reduce(0.0) { $0 + sum($1) })
      }
    default: return
    }
  }
}
