import CGodwitKernels

/// How an outer-product recurrence with one decay per position is computed by chunks of positions: within a chunk as an attention
/// whose weights fade, from chunk to chunk by the state.
struct OuterProductChunks {
  let shape: OuterProductShape
  let table: UnsafePointer<gw_attention>
  let fade: UnsafePointer<gw_fade>
  /// Floats from one row of a chunk's queries or keys to the next; of values; of weights.
  let keyStride, valueStride, chunkStride: Int

  init(_ shape: OuterProductShape, on isa: InstructionSet) {
    self.shape = shape
    table = gw_attention_table(isa.rawValue)!
    fade = gw_fade_table(isa.rawValue)!
    keyStride = Self.stride(shape.keyWidth)
    valueStride = Self.stride(shape.valueWidth)
    chunkStride = Self.stride(shape.chunk)
  }

  /// A stride for rows of `count` floats: an odd number of lines of the cache, so that rows do not share their places there.
  private static func stride(_ count: Int) -> Int {
    let lines = max((count + 15) / 16, 1)
    return (lines | 1) * 16
  }

  /// Vectors of a row of `count` floats.
  func vectors(_ count: Int) -> Int { (count + Int(table.pointee.width) - 1) / Int(table.pointee.width) }

  var chunks: Int { (shape.length + shape.chunk - 1) / shape.chunk }

  /// The positions of a chunk.
  func range(_ chunk: Int) -> Range<Int> {
    chunk * shape.chunk..<min((chunk + 1) * shape.chunk, shape.length)
  }

  // MARK: Parts

  /// The task of one thread: some heads of a batch entry that share their queries and keys, and some columns of their values.
  struct Part {
    let batch, keyHead: Int
    let heads: Range<Int>
    let columns: Range<Int>
    /// Which it is of those that share their queries and keys.
    let index: Int
    /// Which it is of those that share a head's values.
    let cut: Int
  }

  /// Heads of a part at most: they share the products of queries and keys, but the fewer they are, the more threads have work.
  static let headsInPart = 4

  /// Parts that share queries and keys. Sums over them are made in their order, so it depends on the shape alone.
  var partsPerKeyHead: Int { headParts * cuts }
  private var headParts: Int { (shape.headsPerKey + Self.headsInPart - 1) / Self.headsInPart }
  /// Parts that the values of few heads are cut into.
  var cuts: Int { shape.heads >= 4 ? 1 : max(min(shape.valueWidth / 64, 4 / max(shape.heads, 1)), 1) }

  /// Calls `body` for all parts on all threads.
  func forEachPart(_ body: (Part) -> Void) {
    let each = partsPerKeyHead
    parallelFor(shape.batch * shape.keyHeads * each) { task in
      let (place, index) = (task / each, task % each)
      let (headPart, cut) = (index / cuts, index % cuts)
      let keyHead = place % shape.keyHeads
      let heads = (0..<shape.headsPerKey).part(headPart, of: headParts)
      let first = keyHead * shape.headsPerKey
      let panels = (shape.valueWidth + 31) / 32
      let columns = (0..<panels).part(cut, of: cuts)
      body(
        Part(
          batch: place / shape.keyHeads, keyHead: keyHead, heads: first + heads.lowerBound..<first + heads.upperBound,
          columns: columns.lowerBound * 32..<min(columns.upperBound * 32, shape.valueWidth), index: index, cut: cut))
    }
  }

  /// Where the state of a head of a part begins in [B, H, K, V].
  func stateStart(_ part: Part, _ head: Int) -> Int {
    (part.batch * shape.heads + head) * shape.keyWidth * shape.valueWidth + part.columns.lowerBound
  }

  // MARK: Rows

  /// Some rows of the queries or keys of a part, packed.
  func packKeys(_ rows: AttentionRows, _ part: Part, _ range: Range<Int>, _ target: UnsafeMutablePointer<Float>) {
    let first = rows.pointer + part.batch * rows.batchStride + part.keyHead * shape.keyWidth
    table.pointee.pack(
      range.count, shape.keyWidth, keyStride, first + range.lowerBound * rows.rowStride, rows.rowStride, target)
  }

  /// Some rows of the values of a head, packed.
  func packValues(
    _ rows: AttentionRows, _ part: Part, _ head: Int, _ range: Range<Int>, _ target: UnsafeMutablePointer<Float>
  ) {
    let first = rows.pointer + part.batch * rows.batchStride + head * shape.valueWidth + part.columns.lowerBound
    table.pointee.pack(
      range.count, part.columns.count, valueStride, first + range.lowerBound * rows.rowStride, rows.rowStride, target)
  }

  /// Packed rows to some rows of the values of a head.
  func unpackValues(
    _ source: UnsafePointer<Float>, _ part: Part, _ head: Int, _ range: Range<Int>, _ rows: MutableAttentionRows
  ) {
    let first = rows.pointer + part.batch * rows.batchStride + head * shape.valueWidth + part.columns.lowerBound
    table.pointee.unpack(
      range.count, part.columns.count, valueStride, source, 0, 1, first + range.lowerBound * rows.rowStride,
      rows.rowStride, 1)
  }

  /// The rows that a part reads or writes after those of one of its heads: of its next head, or of the first in the next chunk.
  func rowsAfter(
    _ part: Part, _ place: Int, _ chunk: Int, keys: [AttentionRows], values: [AttentionRows], isReverse: Bool = false
  ) -> [gw_rows_ahead] {
    let isLast = place + 1 == part.heads.count
    let next = isLast ? chunk + (isReverse ? -1 : 1) : chunk
    guard (0..<chunks).contains(next) else { return [] }
    let range = range(next)
    func source(_ rows: AttentionRows, _ column: Int, _ width: Int) -> gw_rows_ahead {
      gw_rows_ahead(
        rows: rows.pointer + part.batch * rows.batchStride + range.lowerBound * rows.rowStride + column,
        stride: rows.rowStride, width: width, count: range.count)
    }
    let head = part.heads.lowerBound + (isLast ? 0 : place + 1)
    let column = head * shape.valueWidth + part.columns.lowerBound
    return (isLast ? keys.map { source($0, part.keyHead * shape.keyWidth, shape.keyWidth) } : [])
      + values.map { source($0, column, part.columns.count) }
  }

  /// The fades of a chunk's positions of a head.
  func load(_ decay: OuterProductDecay, _ part: Part, _ head: Int, _ range: Range<Int>, _ fades: Fades) {
    let place = (part.batch * shape.length + range.lowerBound) * shape.heads + head
    switch decay {
    case .perPosition(let values): fade.pointee.fades(range.count, values + place, shape.heads, fades.pointer)
    case .perHead(let values): fade.pointee.fades(range.count, values + head, 0, fades.pointer)
    default: fatalError("outerProductRecurrence by chunks: a decay for each channel")
    }
  }
}

/// What is left of one position's share at another, for one chunk of one head.
struct Fades {
  private let fades: UnsafeMutablePointer<gw_fades>
  var pointer: UnsafePointer<gw_fades> { UnsafePointer(fades) }
  /// What is left at each position of the state before the chunk.
  var ofPast: UnsafeMutablePointer<Float> { fades.pointee.of_past }
  /// What is left at the end of what came in at each position.
  var atEnd: UnsafeMutablePointer<Float> { fades.pointee.at_end }

  static func scratch(_ chunks: OuterProductChunks) -> Int { 6 * chunks.chunkStride }

  init(_ chunks: OuterProductChunks, scratch: inout RecurrenceScratch) {
    let stride = chunks.chunkStride
    let floats = scratch.take(6 * stride)
    fades = UnsafeMutableRawPointer(floats + 5 * stride).bindMemory(to: gw_fades.self, capacity: 1)
    fades.initialize(
      to: gw_fades(
        sum: floats, rest: floats + stride,
        since: UnsafeMutableRawPointer(floats + 2 * stride).bindMemory(to: Int32.self, capacity: stride),
        of_past: floats + 3 * stride, at_end: floats + 4 * stride))
  }
}
