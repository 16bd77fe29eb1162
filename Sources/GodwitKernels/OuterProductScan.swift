import CGodwitKernels

/// S = diag(a) S + k v^T, y = S^T q over one head's time, a block of steps at a time.
///
/// The blocks' rows are packed by the caller into `q`, `k` [chunk, rows] and `v` [chunk, columns]; `y` [chunk, columns]
/// is added to. Each column of S is independent of the others, so a head may be cut by columns without changing a bit.
/// All three gradients of the recurrence are scans of the same form with the roles of q, k, v and y exchanged.
struct OuterProductScan {
  enum Phase {
    case both, update, read
    var updates: Bool { self != .read }
    var reads: Bool { self != .update }
  }

  let table: UnsafePointer<gw_recurrence>
  let rows: Int
  let columns: Int
  let chunk: Int
  let reverse: Bool
  let heads: Int
  let q: UnsafeMutablePointer<Float>
  let k: UnsafeMutablePointer<Float>
  let v: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>
  /// One state [rows, columns] after another, for the heads that are scanned in step.
  let states: UnsafeMutablePointer<Float>
  /// Where there is one, what is added to each head's state is also added up by itself: beside a large state it may not show.
  var added: UnsafeMutablePointer<Float>?
  var decayMode = GW_DECAY_NONE
  /// What a step does in which order, where it both updates and reads.
  var order = GW_DECAY_UPDATE_READ
  /// For each head, the factors of the block's steps: [chunk], [chunk, rows] or [chunk, columns] by `decayMode`.
  var decays: [UnsafeMutablePointer<Float>] = []

  /// For each head, what `load` and `store` of a block will read: row 0 of each array.
  var sources: [[gw_outer_product_source]] = []

  /// Floats of scratch that the five arrays take.
  static func scratch(rows: Int, columns: Int, chunk: Int, heads: Int = 1) -> Int {
    2 * chunk * (rows + columns) + heads * rows * columns + 80
  }

  /// - Parameter rows: a multiple of the table's width, as is `columns`.
  init(
    _ table: UnsafePointer<gw_recurrence>, rows: Int, columns: Int, chunk: Int, reverse: Bool,
    heads: Int = 1, scratch: inout RecurrenceScratch
  ) {
    self.table = table
    self.rows = rows
    self.columns = columns
    self.chunk = chunk
    self.reverse = reverse
    q = scratch.take(chunk * rows)
    k = scratch.take(chunk * rows)
    v = scratch.take(chunk * columns)
    y = scratch.take(chunk * columns)
    states = scratch.take(heads * rows * columns)
    self.heads = heads
  }

  /// Scans the given steps. Causal: each block updates and reads at once; otherwise all blocks update, then all read.
  ///
  /// The heads take turns block by block, as their rows lie side by side in memory.
  /// - Parameters:
  ///   - load: packs the block's `k` and `v` where the phase updates, `q` where it reads; `y` is zero then.
  ///   - store: takes `y` of a block that has been read.
  func run(
    _ steps: Range<Int>, causal: Bool, load: (_ head: Int, Range<Int>, Phase) -> Void,
    store: (_ head: Int, Range<Int>) -> Void
  ) {
    for phase in causal ? [Phase.both] : [.update, .read] {
      let blocks = (steps.count + chunk - 1) / chunk
      for block in 0..<blocks {
        let start = steps.lowerBound + (reverse ? blocks - 1 - block : block) * chunk
        let range = start..<min(start + chunk, steps.upperBound)
        for head in 0..<heads {
          if phase.reads { y.update(repeating: 0, count: range.count * columns) }
          load(head, range, phase)
          let isLastHead = head + 1 == heads
          let isLast = isLastHead && block + 1 == blocks
          let next = (isLastHead ? 0 : head + 1, isLastHead ? start + (reverse ? -chunk : chunk) : start)
          step(head, range.count, phase, next: isLast ? nil : next)
          if phase.updates, added != nil { addAlone(head, range.count) }
          if phase.reads { store(head, range) }
        }
      }
    }
  }

  /// The state of one head.
  func state(_ head: Int) -> UnsafeMutablePointer<Float> { states + head * rows * columns }

  /// One block of `count` packed steps, while the rows of the next head's sources come into the cache.
  func step(_ head: Int, _ count: Int, _ phase: Phase, next: (head: Int, row: Int)? = nil) {
    let direction = reverse ? -1 : 1
    let last = reverse ? count - 1 : 0
    let decayWidth = decayMode == GW_DECAY_SCALAR ? 1 : decayMode == GW_DECAY_ROWS ? rows : columns
    var arguments = gw_outer_product()
    arguments.length = count
    arguments.rows = rows
    arguments.columns = columns
    arguments.q = UnsafePointer(q + last * rows)
    arguments.k = UnsafePointer(k + last * rows)
    arguments.v = UnsafePointer(v + last * columns)
    if decayMode != GW_DECAY_NONE { arguments.decay = UnsafePointer(decays[head] + last * decayWidth) }
    arguments.row_stride = direction * rows
    arguments.column_stride = direction * columns
    arguments.decay_stride = direction * decayWidth
    arguments.y = y + last * columns
    arguments.state = state(head)
    arguments.decay_mode = Int32(decayMode)
    arguments.order = Int32(phase == .both ? order : phase.reads ? GW_READ_ONLY : GW_UPDATE_ONLY)
    guard let next else { return table.pointee.outer_product(&arguments) }
    sources[next.head].withUnsafeBufferPointer { sources in
      arguments.sources = sources.baseAddress
      arguments.source_count = sources.count
      arguments.source_row = next.row
      table.pointee.outer_product(&arguments)
    }
  }

  /// Adds k vᵀ of the packed block to what is added up by itself.
  private func addAlone(_ head: Int, _ count: Int) {
    guard let added else { return }
    var arguments = gw_outer_product()
    arguments.length = count
    arguments.rows = rows
    arguments.columns = columns
    arguments.q = UnsafePointer(q)
    arguments.k = UnsafePointer(k)
    arguments.v = UnsafePointer(v)
    arguments.row_stride = rows
    arguments.column_stride = columns
    arguments.y = y
    arguments.state = added + head * rows * columns
    arguments.order = Int32(GW_UPDATE_ONLY)
    table.pointee.outer_product(&arguments)
  }

  /// The vector companion of the scan: z += weight * k, y += factor * z, over the `count` steps in the scan's order.
  func vectorSum(
    _ count: Int, _ phase: Phase, k: UnsafeMutablePointer<Float>, weight: UnsafeMutablePointer<Float>?,
    z: UnsafeMutablePointer<Float>, factor: UnsafeMutablePointer<Float>?
  ) {
    let direction = reverse ? -1 : 1
    let last = reverse ? count - 1 : 0
    table.pointee.vector_sum(
      count, columns, phase.updates ? UnsafePointer(k + last * columns) : nil, direction * columns,
      weight.map { UnsafePointer($0 + last) }, z, phase.reads ? y + last * columns : nil, direction * columns,
      factor.map { UnsafePointer($0 + last) }, direction)
  }

  /// Copies a dense state [.., ..] in: element (r, c) of S from `x[r * rowStride + c * columnStride]`.
  func setState(_ head: Int, _ x: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
    table.pointee.copy_state(rows, columns, x, rowStride, columnStride, state(head), self.columns)
  }

  /// Copies S out to a dense array whose rows lie `rowStride` apart.
  func copyState(_ head: Int, to x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int) {
    copy(state(head), to: x, rows: rows, columns: columns, rowStride: rowStride)
  }

  /// Copies out what was added up by itself.
  func copyAdded(_ head: Int, to x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int) {
    guard let added else { return }
    copy(added + head * self.rows * self.columns, to: x, rows: rows, columns: columns, rowStride: rowStride)
  }

  private func copy(
    _ state: UnsafeMutablePointer<Float>, to x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int
  ) {
    table.pointee.copy_state(rows, columns, state, self.columns, 1, x, rowStride)
  }
}

extension AttentionRows {
  /// Row 0 of some columns of one head, `width` columns each, as a source of a scan.
  func source(_ part: HeadPart, _ columns: Range<Int>, of width: Int) -> gw_outer_product_source {
    gw_outer_product_source(
      rows: head(part, width: width) + columns.lowerBound, stride: rowStride, width: columns.count)
  }
}

/// `count` rounded up to whole vectors.
func paddedWidth(_ count: Int, _ table: UnsafePointer<gw_recurrence>) -> Int {
  let width = Int(table.pointee.width)
  return (count + width - 1) / width * width
}
