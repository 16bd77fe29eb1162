import CGodwitKernels

extension MatrixProblem {
  /// Up to so many rows, b is read where it lies: packing it would cost as much as the product.
  static let fewRows = 16

  /// Whether b is too large to be in a cache.
  private var isInMemory: Bool { k * n * elementSize > 4 << 20 }

  /// Whether few rows are taken by whole lines of b: of one or two rows, whose tiles would wait for their own sums, and where b comes
  /// from memory, from which tiles would read it in short pieces that lie far apart.
  private var readsLines: Bool { m <= 2 || isInMemory }

  /// Few rows of a by the rows of b as they lie in memory; a task takes some columns.
  func runFewRows(threads: Int) {
    if readsLines { return runLines(threads: threads) }
    let tasks = threads == 1 ? 1 : max(min(columnStrips / 2, 4 * threads), 1)
    withPackedStrips(width: stripRows, strips: rowStrips, steps: k) { rows in
      pack(a, 0..<m, steps: 0..<k, into: rows)
      parallelFor(tasks) { task in
        for strip in (0..<columnStrips).part(task, of: tasks) {
          let column = strip * stripColumns
          if column + stripColumns <= n {
            tiles(rows, column: column, b: b.pointer + column * elementSize, ldb: b.stepStride)
          } else {
            // A tile reads whole strips: what is left at the end is packed.
            withPackedStrips(width: stripColumns, strips: 1, steps: k) { last in
              pack(b, column..<n, steps: 0..<k, into: last)
              tiles(rows, column: column, b: last.base, ldb: stripColumns)
            }
          }
        }
      }
    }
  }

  /// Eight lines of b at a time.
  ///
  /// What comes from memory is read by halves of the steps, each with sums of its own, so that two threads read one after another what
  /// lies so, and by lines that lie apart, so that each is part of a long run. One byte of a model of 130 million parameters takes 0.85
  /// of the time of neighbouring lines that threads share (Zen 3: 0.92 by halves, 0.92 of that by runs); of eight streams no difference
  /// was seen. It is done for any number of few rows, so that a row has the same bits alone and beside others.
  private func runLines(threads: Int) {
    let parts = isInMemory ? 2 : 1
    let pieces = max((threads + parts - 1) / parts, 1)
    // Rows of sums that are no power of two apart, so that they have places of their own in the cache; and as many columns as fit.
    let rowStride = (columnStrips + 1) * stripColumns
    let panel = max(32_768 / m / stripColumns, 8) * stripColumns
    withPackedStrips(width: m, strips: 1, steps: k) { rows in
      pack(a, 0..<m, steps: 0..<k, into: rows)
      withScratch(byteCount: parts * m * rowStride * elementSize) { sums in
        parallelFor(parts * pieces) { task in
          let part = task / pieces
          let steps = (0..<k).part(part, of: parts)
          let strips = (0..<columnStrips).part(task % pieces, of: pieces)
          let columns = (strips.lowerBound * stripColumns)..<min(strips.upperBound * stripColumns, n)
          for column in stride(from: columns.lowerBound, to: columns.upperBound, by: panel) {
            table.pointee.lines(
              Int64(steps.count), isInMemory ? Int64(max(steps.count / 8, 1)) : 1,
              rows.base + steps.lowerBound * m * elementSize, Int64(m),
              b.pointer + (steps.lowerBound * b.stepStride + column) * elementSize, Int64(b.stepStride),
              sums + (part * m * rowStride + column) * elementSize, Int64(rowStride), Int64(m),
              Int64(min(panel, columns.upperBound - column)))
          }
        }
        table.pointee.add_sums(
          Int64(parts), sums, Int64(m * rowStride), Int64(rowStride), c, Int64(ldc), Int64(m), Int64(n), bias,
          accumulate ? 1 : 0)
      }
    }
  }

  private func tiles(_ rows: PackedStrips, column: Int, b: UnsafeRawPointer, ldb: Int) {
    for strip in 0..<rowStrips {
      tile(
        row: strip * stripRows, column: column, steps: 0..<k, a: rows.strip(strip), rowStride: 1,
        stepStride: stripRows, b: b, ldb: ldb)
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
