import CGodwitKernels

/// y = exp(x) / Σ exp(x) over each row of x, [rows, n]; without overflow however large x is.
///
/// A row that is −∞ throughout, or that holds +∞ or NaN, becomes NaN throughout.
///
/// O(rows · n).
package func softmax(
  _ dtype: DType, rows: Int, n: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: dtype == .float32 ? 0.2 : 5) { range in
    let start = range.lowerBound * n
    switch dtype {
    case .float32: table.pointee.softmax(range.count, n, x.floats + start, y.floats + start)
    case .float64:
      forEachDoubleRow(range, n) { DoubleRow.softmax(n, x.doubles + $0, y.doubles + $0) }
    }
  }
}

/// y = x − log Σ exp(x) over each row of x, [rows, n].
///
/// A row that is −∞ throughout, or that holds +∞ or NaN, becomes NaN throughout.
///
/// O(rows · n).
package func logSoftmax(
  _ dtype: DType, rows: Int, n: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: dtype == .float32 ? 0.2 : 5) { range in
    let start = range.lowerBound * n
    switch dtype {
    case .float32: table.pointee.log_softmax(range.count, n, x.floats + start, y.floats + start)
    case .float64:
      forEachDoubleRow(range, n) { DoubleRow.logSoftmax(n, x.doubles + $0, y.doubles + $0) }
    }
  }
}

/// y = log Σ exp(x) over each row of x, [rows, n], for y [rows].
///
/// −∞ where a row is empty or −∞ throughout, +∞ where its greatest element is, NaN where it holds one.
///
/// O(rows · n).
package func logSumExp(
  _ dtype: DType, rows: Int, n: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: dtype == .float32 ? 0.2 : 5) { range in
    let start = range.lowerBound * n
    switch dtype {
    case .float32: table.pointee.log_sum_exp(range.count, n, x.floats + start, y.floats + range.lowerBound)
    case .float64:
      for row in range { y.doubles[row] = DoubleRow.logSumExp(n, x.doubles + row * n) }
    }
  }
}

/// The gradient of ``softmax`` by its value y: dx = y (dy − Σ y dy) over each row; all [rows, n].
///
/// O(rows · n).
package func softmaxGradient(
  _ dtype: DType, rows: Int, n: Int, y: UnsafeRawPointer, dy: UnsafeRawPointer, dx: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: dtype == .float32 ? 0.2 : 1) { range in
    let start = range.lowerBound * n
    switch dtype {
    case .float32:
      table.pointee.softmax_gradient(range.count, n, y.floats + start, dy.floats + start, dx.floats + start)
    case .float64:
      forEachDoubleRow(range, n) { DoubleRow.softmaxGradient(n, y.doubles + $0, dy.doubles + $0, dx.doubles + $0) }
    }
  }
}

/// The gradient of ``logSoftmax`` by its value y: dx = dy − exp(y) Σ dy over each row; all [rows, n].
///
/// O(rows · n).
package func logSoftmaxGradient(
  _ dtype: DType, rows: Int, n: Int, y: UnsafeRawPointer, dy: UnsafeRawPointer, dx: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_softmax_table(isa.rawValue)!
  forEachRows(rows, n: n, cost: dtype == .float32 ? 0.2 : 5) { range in
    let start = range.lowerBound * n
    switch dtype {
    case .float32:
      table.pointee.log_softmax_gradient(range.count, n, y.floats + start, dy.floats + start, dx.floats + start)
    case .float64:
      forEachDoubleRow(range, n) { DoubleRow.logSoftmaxGradient(n, y.doubles + $0, dy.doubles + $0, dx.doubles + $0) }
    }
  }
}

/// Calls `body` with the place of each row's first element.
private func forEachDoubleRow(_ rows: Range<Int>, _ n: Int, _ body: (Int) -> Void) {
  for row in rows { body(row * n) }
}
