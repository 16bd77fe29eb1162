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
  func means(_ sums: UnsafeMutablePointer<Float>, initial: UnsafePointer<Float>?, final: UnsafeMutablePointer<Float>?) {
    forEachRange { part, range, running, own in
      let place = (part * shape.stateCount) + range.lowerBound
      let first = sums + part * shape.chunks * shape.stateCount + range.lowerBound
      if let initial {
        running.update(from: initial + place, count: range.count)
      } else {
        running.update(repeating: 0, count: range.count)
      }
      if !shape.causal {
        for index in 0..<shape.chunks { add(first + index * shape.stateCount, range.count, running) }
      }
      for index in 0..<shape.chunks {
        let sum = first + index * shape.stateCount
        own.update(from: sum, count: range.count)
        table.pointee.affine(Int64(range.count), shape.globalScale(index), 0, running, sum)
        if shape.causal && shape.isFull(index) { add(own, range.count, running) }
      }
      final.map { $0 + place }?.update(from: running, count: range.count)
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
    forEachRange { part, range, running, own in
      let place = (part * shape.stateCount) + range.lowerBound
      let first = sums + part * shape.chunks * shape.stateCount + range.lowerBound
      if let final {
        running.update(from: final + place, count: range.count)
      } else {
        running.update(repeating: 0, count: range.count)
      }
      if !shape.causal {
        for index in 0..<shape.chunks { add(first + index * shape.stateCount, range.count, running) }
      }
      for index in (0..<shape.chunks).reversed() {
        let sum = first + index * shape.stateCount
        own.update(from: sum, count: range.count)
        if shape.causal && !shape.isFull(index) {
          sum.update(repeating: 0, count: range.count)
        } else {
          sum.update(from: running, count: range.count)
        }
        if shape.causal { add(own, range.count, running) }
      }
      initial.map { $0 + place }?.update(from: running, count: range.count)
    }
  }

  private func add(_ x: UnsafePointer<Float>, _ count: Int, _ y: UnsafeMutablePointer<Float>) {
    table.pointee.scale_add(Int64(count), 1, x, y)
  }

  /// Calls `body` for each head of the batch and pieces of its sums, with two pieces of scratch.
  private func forEachRange(
    _ body: (_ part: Int, Range<Int>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    let piece = 4096
    let pieces = (shape.stateCount + piece - 1) / piece
    parallelRanges(shape.batch * shape.heads * pieces, grain: 1) { tasks in
      var scratch = RecurrenceScratch(piece, piece)
      let running = scratch.take(piece, zeroed: false)
      let own = scratch.take(piece, zeroed: false)
      for task in tasks {
        let start = task % pieces * piece
        body(task / pieces, start..<min(start + piece, shape.stateCount), running, own)
      }
    }
  }
}
