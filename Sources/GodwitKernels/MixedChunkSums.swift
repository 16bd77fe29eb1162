import CGodwitKernels

/// The sums over chunks that a mixed chunk attention reads, and those of its gradient.
struct MixedChunkSums {
  let shape: MixedChunkShape
  let table: UnsafePointer<gw_elementwise>

  init(_ shape: MixedChunkShape, _ isa: InstructionSet?) {
    self.shape = shape
    table = gw_elementwise_table((isa ?? .current).rawValue, 0)!
  }

  /// From the sum of each chunk to what the chunk reads: the mean over the positions before it, or over all.
  ///
  /// - Parameters:
  ///   - sums: [B, H, N, K, V], replaced.
  ///   - initial: [B, H, K, V], zero if nil.
  ///   - final: the sum over initial and all full chunks, if wanted.
  ///   - added: the sum over all full chunks, if wanted.
  func means(
    _ sums: UnsafeMutablePointer<Float>, initial: UnsafePointer<Float>?, final: UnsafeMutablePointer<Float>?,
    added: UnsafeMutablePointer<Float>?
  ) {
    forEachRange(of: sums, from: initial, to: final) { place, first, count, running, own in
      let added = added.map { $0 + place }
      added?.update(repeating: 0, count: count)
      for index in 0..<shape.chunks {
        let sum = first + index * shape.stateCount
        own.update(from: sum, count: count)
        scale(running, by: shape.globalScale(index), count, sum)
        if shape.causal && shape.isFull(index) {
          add(own, count, running)
          if let added { add(own, count, added) }
        }
      }
    }
  }

  /// From the gradient of what each chunk reads to that of its own sum.
  ///
  /// - Parameters:
  ///   - sums: [B, H, N, K, V], replaced; already multiplied by the chunk's scale.
  ///   - final: the gradient of the final sum, zero if nil.
  ///   - initial: the gradient of the initial sum, if wanted.
  func gradients(
    _ sums: UnsafeMutablePointer<Float>, final: UnsafePointer<Float>?, initial: UnsafeMutablePointer<Float>?
  ) {
    forEachRange(of: sums, from: final, to: initial) { _, first, count, running, own in
      for index in (0..<shape.chunks).reversed() {
        let sum = first + index * shape.stateCount
        own.update(from: sum, count: count)
        if shape.causal && !shape.isFull(index) {
          sum.update(repeating: 0, count: count)
        } else {
          sum.update(from: running, count: count)
        }
        if shape.causal { add(own, count, running) }
      }
    }
  }

  /// y = factor · x, and 0 by a factor of 0 whatever x is: without positions before there is nothing to read.
  private func scale(_ x: UnsafePointer<Float>, by factor: Double, _ count: Int, _ y: UnsafeMutablePointer<Float>) {
    if factor == 0 { return y.update(repeating: 0, count: count) }
    table.pointee.affine(Int64(count), factor, 0, x, y)
  }

  private func add(_ x: UnsafePointer<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>) {
    table.pointee.scale_add(Int64(count), 1, x, y)
  }

  /// Calls `body` for pieces of the sums of each head of the batch: with the place of the piece in [B, H, K, V], the piece of
  /// the first chunk's sum, the number of its elements, the running sum, and scratch for another piece.
  ///
  /// The running sum starts at `start`, or at zero, and at the sum over all chunks besides unless causal; it ends in `end`.
  private func forEachRange(
    of sums: UnsafeMutablePointer<Float>, from start: UnsafePointer<Float>?, to end: UnsafeMutablePointer<Float>?,
    _ body: (
      _ place: Int, _ first: UnsafeMutablePointer<Float>, _ count: Int, _ running: UnsafeMutablePointer<Float>,
      _ own: UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    let piece = 4096
    let pieces = (shape.stateCount + piece - 1) / piece
    parallelRanges(shape.batch * shape.heads * pieces, grain: 1) { tasks in
      var scratch = RecurrenceScratch(piece, piece)
      let running = scratch.take(piece, zeroed: false)
      let own = scratch.take(piece, zeroed: false)
      for task in tasks {
        let (part, offset) = (task / pieces, task % pieces * piece)
        let count = min(piece, shape.stateCount - offset)
        let place = part * shape.stateCount + offset
        let first = sums + part * shape.chunks * shape.stateCount + offset
        if let start {
          running.update(from: start + place, count: count)
        } else {
          running.update(repeating: 0, count: count)
        }
        if !shape.causal {
          for index in 0..<shape.chunks { add(first + index * shape.stateCount, count, running) }
        }
        body(place, first, count, running, own)
        end.map { $0 + place }?.update(from: running, count: count)
      }
    }
  }
}
