import CGodwitKernels

/// Float scratch of one task, handed out in 64-byte aligned pieces and given back as a whole.
struct RecurrenceScratch: ~Copyable {
  private let block: UnsafeMutableRawPointer
  private let byteCount: Int
  private var used = 0

  /// Room for pieces of the given numbers of floats.
  init(_ counts: Int...) {
    var total = 0
    for count in counts { total += RecurrenceScratch.rounded(count) }
    byteCount = total * 4
    block = MemoryCache.allocate(byteCount: byteCount)
  }

  deinit { MemoryCache.deallocate(block, byteCount: byteCount) }

  /// The next piece, zeroed.
  mutating func take(_ count: Int) -> UnsafeMutablePointer<Float> {
    let start = used
    used += RecurrenceScratch.rounded(count)
    guard used * 4 <= byteCount else { fatalError("recurrence scratch: \(used) floats taken of \(byteCount / 4)") }
    let piece = block.assumingMemoryBound(to: Float.self) + start
    piece.update(repeating: 0, count: used - start)
    return piece
  }

  private static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}

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
  let q: UnsafeMutablePointer<Float>
  let k: UnsafeMutablePointer<Float>
  let v: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let state: UnsafeMutablePointer<Float>
  var decayMode = GW_DECAY_NONE
  /// What a step does in which order, where it both updates and reads.
  var order = GW_DECAY_UPDATE_READ
  /// The factors of the block's steps: [chunk], [chunk, rows] or [chunk, columns] by `decayMode`.
  var decay: UnsafeMutablePointer<Float>?

  /// What `load` and `store` of a block will read, row 0 of each.
  var sources: [gw_outer_product_source] = []

  /// Floats of scratch that the five arrays take.
  static func scratch(rows: Int, columns: Int, chunk: Int) -> Int { 2 * chunk * (rows + columns) + rows * columns + 80 }

  /// - Parameter rows: a multiple of the table's width, as is `columns`.
  init(
    _ table: UnsafePointer<gw_recurrence>, rows: Int, columns: Int, chunk: Int, reverse: Bool,
    scratch: inout RecurrenceScratch
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
    state = scratch.take(rows * columns)
  }

  /// Scans the given steps. Causal: each block updates and reads at once; otherwise all blocks update, then all read.
  ///
  /// - Parameters:
  ///   - load: packs the block's `k` and `v` where the phase updates, `q` where it reads; `y` is zero then.
  ///   - store: takes `y` of a block that has been read.
  func run(_ steps: Range<Int>, causal: Bool, load: (Range<Int>, Phase) -> Void, store: (Range<Int>) -> Void) {
    for phase in causal ? [Phase.both] : [.update, .read] {
      let blocks = (steps.count + chunk - 1) / chunk
      for block in 0..<blocks {
        let start = steps.lowerBound + (reverse ? blocks - 1 - block : block) * chunk
        let range = start..<min(start + chunk, steps.upperBound)
        if phase.reads { y.update(repeating: 0, count: range.count * columns) }
        load(range, phase)
        step(range.count, phase, next: block + 1 < blocks ? start + (reverse ? -chunk : chunk) : nil)
        if phase.reads { store(range) }
      }
    }
  }

  /// One block of `count` packed steps, while the sources' rows from `next` on come into the cache.
  func step(_ count: Int, _ phase: Phase, next: Int? = nil) {
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
    arguments.decay = decay.map { UnsafePointer($0 + last * decayWidth) }
    arguments.row_stride = direction * rows
    arguments.column_stride = direction * columns
    arguments.decay_stride = direction * decayWidth
    arguments.y = y + last * columns
    arguments.state = state
    arguments.decay_mode = Int32(decayMode)
    arguments.order = Int32(phase == .both ? order : phase.reads ? GW_READ_ONLY : GW_UPDATE_ONLY)
    guard let next else { return table.pointee.outer_product(&arguments) }
    sources.withUnsafeBufferPointer { sources in
      arguments.sources = sources.baseAddress
      arguments.source_count = sources.count
      arguments.source_row = next
      table.pointee.outer_product(&arguments)
    }
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
  func setState(_ x: UnsafePointer<Float>, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
    table.pointee.copy_state(rows, columns, x, rowStride, columnStride, state, self.columns)
  }

  /// Copies S out to a dense array whose rows lie `rowStride` apart.
  func copyState(to x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, rowStride: Int) {
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

/// One task of a recurrence: a head of a batch entry, and a range of the columns of its state.
struct HeadPart {
  let batch: Int
  let head: Int
  let columns: Range<Int>

  /// Calls `body` for all heads on all threads, cutting the columns where there are too few heads to go round.
  ///
  /// - Parameters:
  ///   - columns: one number for each job that a head has; the jobs are independent.
  ///   - coarse: cut into few wide parts, one for each thread, where narrow ones are slow to read.
  static func forEach(
    batch: Int, heads: Int, columns: [Int], width: Int, coarse: Bool = false, _ body: (_ job: Int, HeadPart) -> Void
  ) {
    let tasks = batch * heads * columns.count
    guard tasks > 0 else { return }
    let threads = Threads.count
    var parts = 1
    if tasks % threads != 0, tasks < 4 * threads {
      let wanted = (4 * threads + tasks - 1) / tasks
      parts = coarse ? min(wanted, threads) : wanted
    }
    for count in columns { parts = min(parts, max(count / (2 * width), 1)) }
    parallelFor(tasks * parts) { index in
      let part = index % parts
      let job = index / parts % columns.count
      let head = index / parts / columns.count
      let count = columns[job]
      let panels = (count + 2 * width - 1) / (2 * width)
      let lower = panels * part / parts * 2 * width
      let upper = min(panels * (part + 1) / parts * 2 * width, count)
      body(job, HeadPart(batch: head / heads, head: head % heads, columns: lower..<upper))
    }
  }
}

/// `count` rounded up to whole vectors.
func paddedWidth(_ count: Int, _ table: UnsafePointer<gw_recurrence>) -> Int {
  let width = Int(table.pointee.width)
  return (count + width - 1) / width * width
}
