import CGodwitKernels

extension MatrixProblem {
  /// Up to so many rows, b is read where it lies: packing it would cost as much as the product.
  static let fewRows = Int(GW_FEW_ROWS)

  /// Whether few rows are taken by whole lines of b: of one or two rows, whose tiles would wait for their own sums, and where b is too
  /// large to be in a cache, so that tiles would read it in short pieces that lie far apart.
  private var readsLines: Bool { m <= 2 || k * n * elementSize > 4 << 20 }

  /// Few rows of a by the rows of b as they lie in memory.
  ///
  /// They are summed in the blocks of steps of the product of many rows, so that a row has the same bits however many there are.
  func runFewRows(threads: Int) {
    let width = readsLines ? m : stripRows
    withPackedStrips(width: width, strips: (m + width - 1) / width, steps: k) { rows in
      pack(a, 0..<m, steps: 0..<k, into: rows)
      if readsLines { return runLines(rows, threads: threads) }
      let tasks = threads == 1 ? 1 : max(min(columnStrips / 2, 4 * threads), 1)
      parallelFor(tasks) { task in
        for steps in blocksOfSteps {
          for strip in (0..<columnStrips).part(task, of: tasks) { tiles(rows, columnStrip: strip, steps: steps) }
        }
      }
    }
  }

  /// Eight lines of b at a time; each block has sums of its own.
  ///
  /// A task takes some of the blocks, so that of two threads each reads one long run of memory.
  private func runLines(_ rows: PackedStrips, threads: Int) {
    let blocks = blocksOfSteps
    let parts = min(blocks.count, threads)
    let pieces = (threads + parts - 1) / parts
    // Rows of sums that are no power of two apart, so that they have places of their own in the cache; and as many columns as fit.
    let rowStride = (columnStrips + 1) * stripColumns
    let panel = max(32_768 / m / stripColumns, 8) * stripColumns
    withScratch(byteCount: blocks.count * m * rowStride * elementSize) { sums in
      parallelFor(parts * pieces) { task in
        let strips = (0..<columnStrips).part(task % pieces, of: pieces)
        let columns = (strips.lowerBound * stripColumns)..<min(strips.upperBound * stripColumns, n)
        for block in blocks.indices.part(task / pieces, of: parts) {
          let steps = blocks[block]
          for column in stride(from: columns.lowerBound, to: columns.upperBound, by: panel) {
            table.pointee.lines(
              Int64(steps.count), rows.base + steps.lowerBound * m * elementSize, Int64(m),
              start(b, column..<n, steps), Int64(b.stepStride),
              sums + (block * m * rowStride + column) * elementSize, Int64(rowStride), Int64(m),
              Int64(min(panel, columns.upperBound - column)))
          }
        }
      }
      table.pointee.add_sums(
        Int64(blocks.count), sums, Int64(m * rowStride), Int64(rowStride), c, Int64(ldc), Int64(m), Int64(n), bias,
        accumulate ? 1 : 0)
    }
  }

  private func tiles(_ rows: PackedStrips, columnStrip: Int, steps: Range<Int>) {
    let column = columnStrip * stripColumns
    let columns = column..<min(column + stripColumns, n)
    func tiles(_ b: UnsafeRawPointer, _ ldb: Int) {
      for strip in 0..<rowStrips {
        tile(
          row: strip * stripRows, column: column, steps: steps,
          a: rows.strip(strip) + steps.lowerBound * stripRows * elementSize, rowStride: 1, stepStride: stripRows, b: b,
          ldb: ldb)
      }
    }
    if columns.count == stripColumns { return tiles(start(b, columns, steps), b.stepStride) }
    // A tile reads whole strips: what is left at the end is packed.
    withPackedStrips(width: stripColumns, strips: 1, steps: steps.count) { last in
      pack(b, columns, steps: steps, into: last)
      tiles(last.base, stripColumns)
    }
  }

  /// Few rows of a by the rows of a transposed b: inner products, nothing packed.
  func runInnerProducts(threads: Int) {
    let tasks = threads == 1 ? 1 : max(min(n / 32, 4 * threads), 1)
    func products(_ a: UnsafeRawPointer, _ lda: Int) {
      parallelFor(tasks) { task in
        let columns = (0..<n).part(task, of: tasks)
        table.pointee.dots(
          Int64(k), a, Int64(lda), b.pointer + columns.lowerBound * b.stride * elementSize, Int64(b.stride),
          c + columns.lowerBound * elementSize, Int64(ldc), Int64(m), Int64(columns.count),
          bias.map { $0 + columns.lowerBound * elementSize }, accumulate ? 1 : 0)
      }
    }
    if a.stepStride == 1 { return products(a.pointer, a.stride) }
    // A transposed a is written out by rows: they are the steps of its transpose, and all of them one strip.
    withScratch(byteCount: m * k * elementSize) { rows in
      table.pointee.pack(Int64(m), Int64(k), Int64(k), a.pointer, Int64(a.stepStride), 1, rows, 0)
      products(rows, k)
    }
  }
}
