import CGodwitKernels

/// Where the tasks of a backward pass sum up the gradients of keys and values: a record of whole vectors for each part of
/// each key head, so that few heads can be shared out and the parts added in a fixed order.
struct KeyGradientSums {
  let table: UnsafePointer<gw_attention>
  let shape: AttentionShape
  let parts: Int
  private let start: UnsafeMutablePointer<Float>

  /// The widths of heads rounded up to whole vectors.
  var keyColumns: Int { padded(shape.keyWidth) }
  var valueColumns: Int { padded(shape.valueWidth) }
  private func padded(_ count: Int) -> Int {
    let width = Int(table.pointee.width)
    return (count + width - 1) / width * width
  }

  private var record: Int { shape.keys * (keyColumns + valueColumns) }
  private var jobs: Int { shape.batch * shape.keyHeads }

  /// Calls `body` with sums of zero, and writes to dk [B, S, G, K] and dv [B, S, G, V] what it leaves there.
  ///
  /// - Parameter units: how much work there is for a key head, in parts that must stay together.
  static func with(
    _ table: UnsafePointer<gw_attention>, _ shape: AttentionShape, units: Int, dk: MutableAttentionRows,
    dv: MutableAttentionRows, _ body: (KeyGradientSums) -> Void
  ) {
    let jobs = shape.batch * shape.keyHeads
    guard jobs > 0 else { return }
    // The number of parts is a matter of the shape alone.
    let parts = max(min((8 + jobs - 1) / jobs, units / 8), 1)
    let columns = KeyGradientSums(
      table: table, shape: shape, parts: parts, start: UnsafeMutablePointer(bitPattern: 64)!)
    let count = jobs * parts * columns.record
    let block = MemoryCache.allocate(byteCount: max(count * 4, 1))
    defer { MemoryCache.deallocate(block, byteCount: max(count * 4, 1)) }
    let start = block.assumingMemoryBound(to: Float.self)
    parallelRanges(count, grain: 1 << 16) { (start + $0.lowerBound).update(repeating: 0, count: $0.count) }
    let sums = KeyGradientSums(table: table, shape: shape, parts: parts, start: start)
    body(sums)
    sums.store(dk, dv)
  }

  /// The sums of keys and of values that a part of a key head adds to.
  func rows(_ job: Int, _ part: Int) -> (key: UnsafeMutablePointer<Float>, value: UnsafeMutablePointer<Float>) {
    let own = start + (job * parts + part) * record
    return (own, own + shape.keys * keyColumns)
  }

  private func store(_ dk: MutableAttentionRows, _ dv: MutableAttentionRows) {
    parallelRanges(jobs * shape.keys, grain: 64) { range in
      var next = range.lowerBound
      while next < range.upperBound {
        let job = next / shape.keys
        let end = min((job + 1) * shape.keys, range.upperBound)
        let (row, count) = (next - job * shape.keys, end - next)
        let (batch, g) = (job / shape.keyHeads, job % shape.keyHeads)
        let own = rows(job, 0)
        table.pointee.unpack(
          count, shape.keyWidth, keyColumns, own.key + row * keyColumns, record, parts,
          dk.pointer + batch * dk.batchStride + row * dk.rowStride + g * shape.keyWidth, dk.rowStride, shape.scale)
        table.pointee.unpack(
          count, shape.valueWidth, valueColumns, own.value + row * valueColumns, record, parts,
          dv.pointer + batch * dv.batchStride + row * dv.rowStride + g * shape.valueWidth, dv.rowStride, 1)
        next = end
      }
    }
  }
}
