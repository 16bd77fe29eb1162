import CGodwitKernels

/// What an axis is reduced to. `maximum` and `minimum` are NaN where an element is.
package enum Reduction: Sendable {
  case sum, maximum, minimum
}

/// y[o, i] is the reduction of x[o, 0 ..< n, i]: x is [outer, n, inner], y [outer, inner].
///
/// Long sums are made of short ones in blocks whose size depends on the shape alone, added in double: neither the error
/// nor the bits depend on the number of threads.
/// - Precondition: n > 0 for `maximum` and `minimum`.
package func reduce(
  _ reduction: Reduction, _ dtype: DType, outer: Int, n: Int, inner: Int, _ x: UnsafeRawPointer,
  _ y: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  guard outer > 0, inner > 0 else { return }
  if n == 0 {
    require(reduction == .sum, "reduce: \(reduction) of no elements")
    return fill(dtype, count: outer * inner, y, 0, on: isa)
  }
  let kernel = ReductionKernel(reduction, dtype, isa)
  if inner == 1 {
    kernel.alongRows(outer, n, x, y)
  } else if inner < 64, n >= 2 * (128 / inner) {
    kernel.acrossShortRows(outer, n, inner, x, y)
  } else {
    kernel.acrossRows(outer, n, inner, x, row: inner, y)
  }
}

/// One reduction of one element type. Partial sums are double; partial extrema have the element type.
private struct ReductionKernel {
  let reduction: Reduction
  let dtype: DType
  let isa: InstructionSet
  let table: UnsafePointer<gw_reduction>

  /// Elements of a part that one task reduces.
  static let chunk = 262_144

  init(_ reduction: Reduction, _ dtype: DType, _ isa: InstructionSet) {
    self.reduction = reduction
    self.dtype = dtype
    self.isa = isa
    table = gw_reduction_table(isa.rawValue, dtype.doublePrecision)!
  }

  private var partial: DType { reduction == .sum ? .float64 : dtype }

  private func withScratch(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
    let bytes = count * partial.byteCount
    if bytes <= 1024 {
      withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 8) { body($0.baseAddress!) }
    } else {
      let scratch = MemoryCache.allocate(byteCount: bytes)
      body(scratch)
      MemoryCache.deallocate(scratch, byteCount: bytes)
    }
  }

  /// One partial result for each of `rows` rows.
  private func rowParts(_ rows: Int, _ n: Int, _ x: UnsafeRawPointer, row: Int, _ parts: UnsafeMutableRawPointer) {
    if reduction == .sum {
      let sums = parts.assumingMemoryBound(to: Double.self)
      table.pointee.sum_along_rows(Int64(rows), Int64(n), x, Int64(row), sums)
    } else {
      table.pointee.extremum_along_rows(Int64(rows), Int64(n), x, Int64(row), reduction == .minimum ? 1 : 0, parts)
    }
  }

  /// One partial result for each of `columns` columns.
  private func columnParts(
    _ rows: Int, _ columns: Int, _ x: UnsafeRawPointer, row: Int, _ parts: UnsafeMutableRawPointer
  ) {
    if reduction == .sum {
      let sums = parts.assumingMemoryBound(to: Double.self)
      sums.update(repeating: 0, count: columns)
      table.pointee.sum_across_rows(Int64(rows), Int64(columns), x, Int64(row), sums)
    } else {
      table.pointee.extremum_across_rows(
        Int64(rows), Int64(columns), x, Int64(row), reduction == .minimum ? 1 : 0, parts)
    }
  }

  private func finish(_ count: Int, _ parts: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer) {
    convert(from: partial, to: dtype, count: count, parts, y, on: isa)
  }

  /// The reduction of partial results, which have their own type.
  private var joining: ReductionKernel { ReductionKernel(reduction, partial, isa) }

  func alongRows(_ outer: Int, _ n: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer) {
    let size = dtype.byteCount
    if n > Self.chunk {
      let chunks = (n + Self.chunk - 1) / Self.chunk
      return withScratch(outer * chunks) { parts in
        parallelFor(outer * chunks) { index in
          let start = index % chunks * Self.chunk
          rowParts(
            1, min(Self.chunk, n - start), x + (index / chunks * n + start) * size, row: 0,
            parts + index * partial.byteCount)
        }
        withScratch(outer) { totals in
          joining.rowParts(outer, chunks, parts, row: chunks, totals)
          finish(outer, totals, y)
        }
      }
    }
    func run(_ rows: Range<Int>) {
      withScratch(min(rows.count, 128)) { parts in
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: 128) {
          let count = min(128, rows.upperBound - first)
          rowParts(count, n, x + first * n * size, row: n, parts)
          finish(count, parts, y + first * size)
        }
      }
    }
    if outer * n < 2 * cheapGrain { return run(0..<outer) }
    parallelRanges(outer, grain: max(cheapGrain / n, 1), run)
  }

  func acrossRows(
    _ outer: Int, _ n: Int, _ inner: Int, _ x: UnsafeRawPointer, row: Int, _ y: UnsafeMutableRawPointer
  ) {
    let size = dtype.byteCount
    let columns = inner <= 4096 ? inner : 2048
    let panels = (inner + columns - 1) / columns
    let rows = max(Self.chunk / columns / 8 * 8, 64)
    let chunks = (n + rows - 1) / rows
    // x from row `chunk * rows` and column `panel * columns` on, reduced to `parts`.
    func part(_ entry: Int, _ chunk: Int, _ panel: Int, _ parts: UnsafeMutableRawPointer) -> Int {
      let count = min(columns, inner - panel * columns)
      columnParts(
        min(rows, n - chunk * rows), count, x + ((entry * n + chunk * rows) * row + panel * columns) * size, row: row,
        parts)
      return count
    }
    if chunks == 1 {
      func run(_ tasks: Range<Int>) {
        withScratch(columns) { parts in
          for task in tasks {
            let (entry, panel) = (task / panels, task % panels)
            finish(part(entry, 0, panel, parts), parts, y + (entry * inner + panel * columns) * size)
          }
        }
      }
      if outer * n * inner < 2 * cheapGrain { return run(0..<(outer * panels)) }
      return parallelRanges(outer * panels, grain: max(cheapGrain / (n * columns), 1), run)
    }
    withScratch(outer * chunks * inner) { parts in
      parallelFor(outer * chunks * panels) { task in
        let (entry, chunk, panel) = (task / panels / chunks, task / panels % chunks, task % panels)
        _ = part(
          entry, chunk, panel, parts + ((entry * chunks + chunk) * inner + panel * columns) * partial.byteCount)
      }
      withScratch(inner) { totals in
        for entry in 0..<outer {
          joining.columnParts(chunks, inner, parts + entry * chunks * inner * partial.byteCount, row: inner, totals)
          finish(inner, totals, y + entry * inner * size)
        }
      }
    }
  }

  /// Rows too short for vectors: several are taken as one long row, whose parts are joined at the end.
  func acrossShortRows(
    _ outer: Int, _ n: Int, _ inner: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer
  ) {
    let group = 128 / inner
    let (groups, rest) = (n / group, n % group)
    let size = dtype.byteCount
    let width = group * inner
    let chunk = Self.chunk / width
    let chunks = (groups + chunk - 1) / chunk
    func run(_ task: Int, _ parts: UnsafeMutableRawPointer) {
      let (entry, index) = (task / chunks, task % chunks)
      columnParts(
        min(chunk, groups - index * chunk), width, x + (entry * n * inner + index * chunk * width) * size, row: width,
        parts)
    }
    // For each entry the parts of its chunks, then those of the rows left over.
    let lines = chunks * group + (rest > 0 ? 1 : 0)
    func join(_ entry: Int, _ parts: UnsafeMutableRawPointer, _ totals: UnsafeMutableRawPointer) {
      if rest > 0 {
        columnParts(
          rest, inner, x + (entry * n + groups * group) * inner * size, row: inner,
          parts + chunks * width * partial.byteCount)
      }
      joining.columnParts(lines, inner, parts, row: inner, totals)
      finish(inner, totals, y + entry * inner * size)
    }
    let bytes = lines * inner * partial.byteCount
    if chunks == 1 {
      func runEntries(_ entries: Range<Int>) {
        withScratch((lines + 1) * inner) { parts in
          for entry in entries {
            run(entry, parts)
            join(entry, parts, parts + bytes)
          }
        }
      }
      if outer * n * inner < 2 * cheapGrain { return runEntries(0..<outer) }
      return parallelRanges(outer, grain: max(cheapGrain / (n * inner), 1), runEntries)
    }
    withScratch(outer * lines * inner + inner) { parts in
      parallelFor(outer * chunks) { task in
        run(task, parts + (task / chunks) * bytes + (task % chunks) * width * partial.byteCount)
      }
      for entry in 0..<outer { join(entry, parts + entry * bytes, parts + outer * bytes) }
    }
  }
}
