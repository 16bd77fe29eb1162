import CGodwitKernels

extension MatrixProblem {
  /// Few rows of a, packed once and shared; a task takes some columns and packs them for itself, or reads them in place.
  func runColumns(threads: Int) {
    let columnTasks = tasks(columnStrips, threads: threads, most: 8)
    for blocks in stepGroups(byteCount: 1 << 20, count: m) {
      withPackedStrips(width: stripRows, strips: rowStrips, blocks: blocks.count) { packedRows in
        packShared(a, 0..<m, blocks: blocks, into: packedRows, threads: threads)
        parallelFor(columnTasks) { task in
          let strips = columnStrips * task / columnTasks..<columnStrips * (task + 1) / columnTasks
          let columns = columns(ofStrips: strips)
          // The last strip may be too narrow to be read in place.
          let inPlace = readsColumnsInPlace ? columns.count / stripColumns : 0
          withPackedStrips(width: stripColumns, strips: max(strips.count - inPlace, 0)) { packedColumns in
            for (block, steps) in blocks.enumerated() {
              let packed = columns.lowerBound + inPlace * stripColumns..<columns.upperBound
              if !packed.isEmpty { pack(b, packed, steps: steps, into: packedColumns) }
              for strip in 0..<strips.count {
                let column = columns.lowerBound + strip * stripColumns
                let source =
                  strip < inPlace
                  ? b.pointer + (column + steps.lowerBound * b.stepStride) * elementSize
                  : UnsafeRawPointer(packedColumns.strip(strip - inPlace))
                for rowStrip in 0..<rowStrips {
                  tile(
                    row: rowStrip * stripRows, column: column, steps: steps,
                    a: packedRows.strip(rowStrip, block: block), b: source,
                    ldb: strip < inPlace ? b.stepStride : stripColumns)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Many rows: b is packed once and shared, a task takes some rows and packs them for itself.
  func runRows(threads: Int) {
    let rowTasks = tasks(rowStrips, threads: threads, most: 12)
    let columnsAtATime = 4096
    for firstColumn in stride(from: 0, to: n, by: columnsAtATime) {
      let columns = firstColumn..<min(firstColumn + columnsAtATime, n)
      let columnStrips = (columns.count + stripColumns - 1) / stripColumns
      for blocks in stepGroups(byteCount: 4 << 20, count: columns.count) {
        withPackedStrips(width: stripColumns, strips: columnStrips, blocks: blocks.count) { packedColumns in
          packShared(b, columns, blocks: blocks, into: packedColumns, threads: threads)
          parallelFor(rowTasks) { task in
            let strips = rowStrips * task / rowTasks..<rowStrips * (task + 1) / rowTasks
            withPackedStrips(width: stripRows, strips: strips.count) { packedRows in
              for (block, steps) in blocks.enumerated() {
                pack(a, rows(ofStrips: strips), steps: steps, into: packedRows)
                for columnStrip in 0..<columnStrips {
                  for strip in 0..<strips.count {
                    tile(
                      row: (strips.lowerBound + strip) * stripRows,
                      column: columns.lowerBound + columnStrip * stripColumns, steps: steps,
                      a: packedRows.strip(strip), b: packedColumns.strip(columnStrip, block: block), ldb: stripColumns)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Few rows of a by the rows of a transposed b: inner products, nothing packed.
  func runInnerProducts(threads: Int) {
    let tasks = threads == 1 ? 1 : max(min(n / 32, 4 * threads), 1)
    func products(_ a: UnsafeRawPointer, _ lda: Int) {
      parallelFor(tasks) { task in
        let columns = n * task / tasks..<n * (task + 1) / tasks
        table.pointee.dots(
          Int64(k), a, Int64(lda), b.pointer + columns.lowerBound * b.stride * elementSize, Int64(b.stride),
          c + columns.lowerBound * elementSize, Int64(ldc), Int64(m), Int64(columns.count),
          bias.map { $0 + columns.lowerBound * elementSize }, accumulate ? 1 : 0)
      }
    }
    if a.stepStride == 1 { return products(a.pointer, a.stride) }
    // A transposed a is written out by rows: they are strips of its transpose's steps.
    withScratch(byteCount: (m * k + Int(table.pointee.lanes)) * elementSize) { rows in
      table.pointee.pack(Int64(m), Int64(k), Int64(k), a.pointer, Int64(a.stepStride), 1, rows, 0)
      products(rows, k)
    }
  }
}
