import CGodwitKernels

/// The fewest columns that a thread is given: columns are independent, but short pieces of rows are slow to read.
let leastDiagonalColumns = 128

/// h[t] = a[t] * h[t - 1] + b[t], elementwise; all [B, T, N]. The final state is `h[:, T - 1]`.
///
/// O(B T N), bound by memory.
/// - Parameters:
///   - aStrides: floats from one batch entry and from one position of `a` to the next; 0 shares it ([N] or [T, N] or [B, N]).
///   - h: may be `b`.
///   - initial: h before the first position, [B, N]; zero if nil.
package func diagonalRecurrence(
  batch: Int, length: Int, width: Int, a: UnsafePointer<Float>, aStrides: (batch: Int, time: Int),
  b: UnsafePointer<Float>, h: UnsafeMutablePointer<Float>, initial: UnsafePointer<Float>? = nil,
  on isa: InstructionSet = .current
) {
  let table = gw_diagonal_recurrence_table(isa.rawValue)!
  HeadPart.forEach(batch: batch, heads: 1, columns: [width], width: leastDiagonalColumns / 2, coarse: true) {
    _, parts in
    let part = parts[0]
    let column = part.columns.lowerBound
    let start = part.batch * length * width + column
    table.pointee.forward(
      length, part.columns.count, a + part.batch * aStrides.batch + column, aStrides.time, b + start, h + start, width,
      initial.map { $0 + part.batch * width + column })
  }
}

/// The gradient of ``diagonalRecurrence``; a gradient of the final state is part of `dh[:, T - 1]`.
///
/// - Parameters:
///   - h: the result of the forward pass.
///   - da: written with the strides of `a`; summed over the axes whose stride is 0, in blocks of fixed size.
///   - db: [B, T, N]; may be `dh`.
///   - dInitial: [B, N], or nil if not wanted.
package func diagonalRecurrenceGradient(
  batch: Int, length: Int, width: Int, a: UnsafePointer<Float>, aStrides: (batch: Int, time: Int),
  h: UnsafePointer<Float>, initial: UnsafePointer<Float>? = nil, dh: UnsafePointer<Float>,
  da: UnsafeMutablePointer<Float>, db: UnsafeMutablePointer<Float>, dInitial: UnsafeMutablePointer<Float>? = nil,
  on isa: InstructionSet = .current
) {
  let table = gw_diagonal_recurrence_table(isa.rawValue)!
  forEachGradientBlock(batch: batch, length: length, width: width, aStrides: aStrides, sums: [da]) { block, sums in
    let start = block.start * width + block.column
    table.pointee.gradient(
      block.count, block.columns, a + block.aStart, aStrides.time, h + start, width,
      block.isFirst ? initial.map { $0 + block.batch * width + block.column } : h + start - width, dh + start,
      sums[0], block.sumStride, block.adds ? 1 : 0, db + start, block.carry)
    if block.isFirst, let dInitial {
      (dInitial + block.batch * width + block.column).update(from: block.carry, count: block.columns)
    }
  }
}

/// A run of positions of some columns of one batch entry, whose gradient is taken at once.
struct DiagonalGradientBlock {
  var batch: Int
  var column: Int
  var columns: Int
  /// Row of the first position in [B * T].
  var start: Int
  var count: Int
  /// Whether the block begins at position 0.
  var isFirst: Bool
  /// Where the block's coefficients begin.
  var aStart: Int
  /// Floats between the rows that the gradient of `a` goes to (0: one row, a sum), and whether it is added.
  var sumStride: Int
  var adds: Bool
  /// Gradient from later positions: `carries` rows of scratch, `columns` floats each at multiples of `carryStride`.
  var carry: UnsafeMutablePointer<Float>
  var carryStride: Int
}

/// Calls `body` for the blocks of each run of columns, the last in time first, with the places for the gradient of `a`.
///
/// Where that is a sum over time, each block of 256 positions is summed by itself and then added: the error of a long
/// sum stays small, and its value does not depend on the threads. A sum over the batch is made by one thread in order.
func forEachGradientBlock(
  batch: Int, length: Int, width: Int, aStrides: (batch: Int, time: Int), sums: [UnsafeMutablePointer<Float>],
  _ body: (DiagonalGradientBlock, _ sums: [UnsafeMutablePointer<Float>]) -> Void
) {
  let shared = aStrides.batch == 0
  let entries = shared ? 1 : batch
  HeadPart.forEach(batch: entries, heads: 1, columns: [width], width: leastDiagonalColumns / 2, coarse: true) {
    _, parts in
    let part = parts[0]
    let columns = part.columns.count
    let column = part.columns.lowerBound
    let summed = aStrides.time == 0
    let rowLength = (columns + 15) / 16 * 16
    var scratch = RecurrenceScratch(2 * sums.count * rowLength)
    let carry = scratch.take(sums.count * rowLength)
    let partial = scratch.take(sums.count * rowLength)
    let targets = sums.map { $0 + part.batch * aStrides.batch + column }
    // Without a batch no block writes the sums over it.
    for position in 0..<(summed ? 1 : batch == 0 ? length : 0) {
      for target in targets { (target + position * aStrides.time).update(repeating: 0, count: columns) }
    }
    for entry in shared ? 0..<batch : part.batch..<part.batch + 1 {
      carry.update(repeating: 0, count: sums.count * rowLength)
      let blockLength = summed ? 256 : max(length, 1)
      var end = length
      repeat {
        let start = max((end - 1) / blockLength * blockLength, 0)
        partial.update(repeating: 0, count: sums.count * rowLength)
        let block = DiagonalGradientBlock(
          batch: entry, column: column, columns: columns, start: entry * length + start, count: end - start,
          isFirst: start == 0, aStart: entry * aStrides.batch + start * aStrides.time + column,
          sumStride: aStrides.time, adds: summed || (shared && entry > 0), carry: carry, carryStride: rowLength)
        if summed {
          body(block, sums.indices.map { partial + $0 * rowLength })
          for (index, target) in targets.enumerated() {
            for offset in 0..<columns { target[offset] += partial[index * rowLength + offset] }
          }
        } else {
          body(block, targets.map { $0 + start * aStrides.time })
        }
        end = start
      } while end > 0
    }
  }
}
