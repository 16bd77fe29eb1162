/// Calls `body` for ranges of rows on several threads; rows are independent, so the ranges may lie anywhere.
///
/// - Parameters:
///   - n: the width of a row.
///   - cost: nanoseconds that an element takes, about.
func forEachRows(_ rows: Int, n: Int, cost: Double, _ body: (Range<Int>) -> Void) {
  let leastNanoseconds = 4000.0
  parallelRanges(rows, grain: Int(leastNanoseconds / (cost * Double(max(n, 1)) + 10)) + 1, body)
}

/// Sums over rows, the same at any number of threads: blocks of a fixed number of rows by themselves, then in order.
///
/// - Parameters:
///   - width: how many sums there are.
///   - body: adds the sums over a block's rows to zeros.
///   - finish: receives the sums of all blocks, [blocks, width].
func sumOverRowBlocks(
  _ rows: Int, width: Int, _ body: (Range<Int>, UnsafeMutablePointer<Float>) -> Void,
  finish: (_ blocks: Int, UnsafePointer<Float>) -> Void
) {
  let blockRows = 128
  let blocks = (rows + blockRows - 1) / blockRows
  let byteCount = blocks * width * MemoryLayout<Float>.stride
  let memory = MemoryCache.allocate(byteCount: byteCount)
  defer { MemoryCache.deallocate(memory, byteCount: byteCount) }
  let sums = memory.bindMemory(to: Float.self, capacity: blocks * width)
  parallelFor(blocks) { block in
    let partial = sums + block * width
    partial.update(repeating: 0, count: width)
    body(block * blockRows..<min((block + 1) * blockRows, rows), partial)
  }
  finish(blocks, sums)
}
