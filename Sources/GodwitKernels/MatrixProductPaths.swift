import CGodwitKernels

extension MatrixProblem {
  /// Few rows of a, packed once and shared; a task takes some columns, each strip of which is packed while it is hot,
  /// or read in place.
  func runColumns(threads: Int) {
    let strips = rowStrips
    let columnTasks = tasks(columnStrips, threads: threads, most: 8)
    for steps in stepBlocks() {
      let rowStride = stripStride(steps: steps.count, width: tileRows) * elementSize
      withScratch(rowStride / elementSize * strips) { packedRows in
        for strip in 0..<strips {
          pack(rows: rows(ofStrip: strip), steps: steps, into: packedRows + strip * rowStride)
        }
        parallelFor(columnTasks) { task in
          withScratch(stripStride(steps: steps.count, width: tileColumns)) { packedColumns in
            for columnStrip in columnStrips * task / columnTasks..<columnStrips * (task + 1) / columnTasks {
              let columns = columns(ofStrip: columnStrip)
              let inPlace = readsColumnsInPlace && columns.count == tileColumns
              if !inPlace { pack(columns: columns, steps: steps, into: packedColumns) }
              for strip in 0..<strips {
                tile(
                  rows(ofStrip: strip), columns, steps, a: packedRows + strip * rowStride,
                  b: inPlace ? columnStart(columns, steps) : UnsafeRawPointer(packedColumns),
                  ldb: inPlace ? b.stepStride : tileColumns)
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
    for steps in stepBlocks() {
      let columnStride = stripStride(steps: steps.count, width: tileColumns) * elementSize
      withScratch(columnStride / elementSize * columnStrips) { packedColumns in
        parallelFor(tasks(columnStrips, threads: threads, most: 4)) { task in
          let count = tasks(columnStrips, threads: threads, most: 4)
          for strip in columnStrips * task / count..<columnStrips * (task + 1) / count {
            pack(columns: columns(ofStrip: strip), steps: steps, into: packedColumns + strip * columnStride)
          }
        }
        parallelFor(rowTasks) { task in
          let strips = rowStrips * task / rowTasks..<rowStrips * (task + 1) / rowTasks
          let rowStride = stripStride(steps: steps.count, width: tileRows) * elementSize
          withScratch(rowStride / elementSize * strips.count) { packedRows in
            for (offset, strip) in strips.enumerated() {
              pack(rows: rows(ofStrip: strip), steps: steps, into: packedRows + offset * rowStride)
            }
            for columnStrip in 0..<columnStrips {
              let columns = columns(ofStrip: columnStrip)
              for (offset, strip) in strips.enumerated() {
                tile(
                  rows(ofStrip: strip), columns, steps, a: packedRows + offset * rowStride,
                  b: packedColumns + columnStrip * columnStride, ldb: tileColumns)
              }
            }
          }
        }
      }
    }
  }

  /// Few rows of a by the rows of a transposed b: inner products, nothing packed.
  func runInnerProducts(threads: Int) {
    let count = threads == 1 ? 1 : max(min(n / 32, 4 * threads), 1)
    let steps = Int64(k)
    func products(_ a: UnsafeRawPointer, _ lda: Int) {
      parallelFor(count) { task in
        let columns = n * task / count..<n * (task + 1) / count
        table.pointee.dots(
          steps, a, Int64(lda), b.pointer + columns.lowerBound * b.stride * elementSize, Int64(b.stride),
          c + columns.lowerBound * elementSize, Int64(ldc), Int64(m), Int64(columns.count),
          bias.map { $0 + columns.lowerBound * elementSize }, accumulate ? 1 : 0)
      }
    }
    if a.stepStride == 1 { return products(a.pointer, a.stride) }
    // A transposed a is written out by rows: a strip of width 1 is a row.
    withScratch(m * k + Int(table.pointee.lanes)) { rows in
      for row in 0..<m { pack(rows: row..<row + 1, steps: 0..<k, into: rows + row * k * elementSize) }
      products(rows, k)
    }
  }

  /// How many tasks to deal `strips` to: at most `most` strips each, and for each thread several tasks of equal size.
  private func tasks(_ strips: Int, threads: Int, most: Int) -> Int {
    guard threads > 1 else { return (strips + most - 1) / most }
    let wanted = max((strips + most - 1) / most, min(4 * threads, (strips + 3) / 4))
    return min((wanted + threads - 1) / threads * threads, strips)
  }
}
