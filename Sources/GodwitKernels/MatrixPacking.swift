import CGodwitKernels

/// Scratch for packed strips: for each block of steps one strip after another.
struct PackedStrips {
  let base: UnsafeMutableRawPointer
  /// Rows of a, or columns of b, in a strip.
  let width: Int
  /// Bytes from one strip to the next, and from one block of steps to the next.
  let stripStride, blockStride: Int

  func strip(_ strip: Int) -> UnsafeMutableRawPointer { base + strip * stripStride }

  /// The same strips from another place on.
  func moved(by byteCount: Int) -> PackedStrips {
    PackedStrips(base: base + byteCount, width: width, stripStride: stripStride, blockStride: blockStride)
  }

  /// The strips that hold `range` for one block of steps.
  func strips(of range: Range<Int>, block: Int = 0) -> Strips {
    Strips(
      range: range, width: width, base: base + block * blockStride, stripStride: stripStride, stride: 1,
      stepStride: width)
  }
}

extension MatrixProblem {
  /// Calls `body` with room for `strips` strips of each of `blocks` blocks of steps.
  func withPackedStrips(
    width: Int, strips: Int, steps: Int, blocks: Int = 1, _ body: (PackedStrips) -> Void
  ) {
    // A line more than needed, so that strips whose length is a power of two do not share their places in the cache.
    let stripStride = (steps * width * elementSize + 127) / 64 * 64
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
  func pack(_ operand: MatrixOperand, _ range: Range<Int>, steps: Range<Int>, into strips: PackedStrips) {
    table.pointee.pack(
      Int64(steps.count), Int64(strips.width), Int64(range.count), start(operand, range, steps), Int64(operand.stride),
      Int64(operand.stepStride), strips.base, Int64(strips.stripStride / elementSize))
  }

  func start(_ operand: MatrixOperand, _ range: Range<Int>, _ steps: Range<Int>) -> UnsafeRawPointer {
    operand.pointer + (range.lowerBound * operand.stride + steps.lowerBound * operand.stepStride) * elementSize
  }

  /// Packs the same on several threads, for several blocks of steps.
  func packShared(
    _ operand: MatrixOperand, _ range: Range<Int>, blocks: [Range<Int>], into strips: PackedStrips, threads: Int
  ) {
    let pieces = threads == 1 ? 1 : min(max(range.count * blocks[0].count / 8192, 1), 8)
    let stripCount = (range.count + strips.width - 1) / strips.width
    parallelFor(pieces * blocks.count) { task in
      let (block, piece) = (task / pieces, task % pieces)
      let target = strips.moved(by: block * strips.blockStride)
      let steps = blocks[block]
      if operand.stride == 1 {
        // In the order of its memory: some steps of all strips.
        let part = steps.part(piece, of: pieces)
        let offset = (part.lowerBound - steps.lowerBound) * strips.width * elementSize
        pack(operand, range, steps: part, into: target.moved(by: offset))
      } else {
        let part = (0..<stripCount).part(piece, of: pieces)
        let lower = range.lowerBound + part.lowerBound * strips.width
        let upper = min(range.lowerBound + part.upperBound * strips.width, range.upperBound)
        if lower < upper {
          pack(operand, lower..<upper, steps: steps, into: target.moved(by: part.lowerBound * strips.stripStride))
        }
      }
    }
  }

  /// The memory that `pack` of the same range will read, to be brought near by so many tiles.
  func ahead(_ operand: MatrixOperand, _ range: Range<Int>, steps: Range<Int>, tiles: Int) -> Ahead {
    let isAcross = operand.stride == 1
    return Ahead(
      start: start(operand, range, steps), rows: isAcross ? steps.count : range.count,
      rowBytes: (isAcross ? range.count : steps.count) * elementSize,
      rowStride: (isAcross ? operand.stepStride : operand.stride) * elementSize, tiles: tiles,
      linesOfTile: max(stepsInBlock / 8, 1))
  }
}
