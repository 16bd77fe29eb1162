import CGodwitKernels

/// Strips of a factor, packed for the tiles: for each block of steps one strip after another.
struct PackedStrips {
  let base: UnsafeMutableRawPointer
  /// Rows of a, or columns of b, in a strip.
  let width: Int
  /// Bytes from one strip to the next, and from one block of steps to the next.
  let stripStride, blockStride: Int

  func strip(_ strip: Int, block: Int = 0) -> UnsafeMutableRawPointer {
    base + block * blockStride + strip * stripStride
  }
}

extension MatrixProblem {
  /// Calls `body` with room for `strips` strips of each of `blocks` blocks of steps.
  func withPackedStrips(width: Int, strips: Int, blocks: Int = 1, _ body: (PackedStrips) -> Void) {
    // Packing may write a vector past the end of a strip.
    let stripStride = (stepsInBlock * width + Int(table.pointee.lanes) + 15) / 16 * 16 * elementSize
    withScratch(byteCount: stripStride * strips * blocks) { base in
      body(PackedStrips(base: base, width: width, stripStride: stripStride, blockStride: stripStride * strips))
    }
  }

  /// Calls `body` with scratch from the memory cache.
  func withScratch(byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let scratch = MemoryCache.allocate(byteCount: byteCount)
    defer { MemoryCache.deallocate(scratch, byteCount: byteCount) }
    body(scratch)
  }

  /// Packs some rows of a, or columns of b, for one block of steps.
  func pack(_ operand: MatrixOperand, _ range: Range<Int>, steps: Range<Int>, into strips: PackedStrips, block: Int = 0)
  {
    let source =
      operand.pointer + (range.lowerBound * operand.stride + steps.lowerBound * operand.stepStride) * elementSize
    table.pointee.pack(
      Int64(steps.count), Int64(strips.width), Int64(range.count), source, Int64(operand.stride),
      Int64(operand.stepStride), strips.strip(0, block: block), Int64(strips.stripStride / elementSize))
  }

  /// Packs the same on several threads, for several blocks of steps.
  func packShared(
    _ operand: MatrixOperand, _ range: Range<Int>, blocks: [Range<Int>], into strips: PackedStrips, threads: Int
  ) {
    let pieces = threads == 1 ? 1 : min(max(range.count * blocks[0].count / 8192, 1), 8)
    let stripCount = (range.count + strips.width - 1) / strips.width
    parallelFor(pieces * blocks.count) { task in
      let (block, piece) = (task / pieces, task % pieces)
      let steps = blocks[block]
      if operand.stride == 1 {
        // In the order of its memory: some steps of all strips.
        let part =
          steps.lowerBound + steps.count * piece / pieces..<steps.lowerBound + steps.count * (piece + 1) / pieces
        let offset = (part.lowerBound - steps.lowerBound) * strips.width * elementSize
        let target = PackedStrips(
          base: strips.base + offset, width: strips.width, stripStride: strips.stripStride,
          blockStride: strips.blockStride)
        pack(operand, range, steps: part, into: target, block: block)
      } else {
        let part = stripCount * piece / pieces..<stripCount * (piece + 1) / pieces
        guard !part.isEmpty else { return }
        let elements =
          range.lowerBound + part.lowerBound
          * strips.width..<min(
            range.lowerBound + part.upperBound * strips.width, range.upperBound)
        let target = PackedStrips(
          base: strips.strip(part.lowerBound), width: strips.width, stripStride: strips.stripStride,
          blockStride: strips.blockStride)
        pack(operand, elements, steps: steps, into: target, block: block)
      }
    }
  }
}
