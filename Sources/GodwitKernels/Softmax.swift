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
  forEachRow(dtype, rows, n) { count, start in
    table.pointee.softmax(count, n, x.floats + start, y.floats + start)
  } double: { start in
    DoubleRow.softmax(n, x.doubles + start, y.doubles + start)
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
  forEachRow(dtype, rows, n) { count, start in
    table.pointee.log_softmax(count, n, x.floats + start, y.floats + start)
  } double: { start in
    DoubleRow.logSoftmax(n, x.doubles + start, y.doubles + start)
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
  forEachRows(rows, n: n, cost: cost(dtype)) { range in
    switch dtype {
    case .float32:
      let first = range.lowerBound
      table.pointee.log_sum_exp(range.count, n, x.floats + first * n, y.floats + first)
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
  forEachRow(dtype, rows, n) { count, start in
    table.pointee.softmax_gradient(count, n, y.floats + start, dy.floats + start, dx.floats + start)
  } double: { start in
    DoubleRow.softmaxGradient(n, y.doubles + start, dy.doubles + start, dx.doubles + start)
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
  forEachRow(dtype, rows, n) { count, start in
    table.pointee.log_softmax_gradient(count, n, y.floats + start, dy.floats + start, dx.floats + start)
  } double: { start in
    DoubleRow.logSoftmaxGradient(n, y.doubles + start, dy.doubles + start, dx.doubles + start)
  }
}

/// Calls `single` for runs of rows, or `double` for each row, with the place of the first element.
private func forEachRow(
  _ dtype: DType, _ rows: Int, _ n: Int, single: (_ count: Int, _ start: Int) -> Void, double: (_ start: Int) -> Void
) {
  forEachRows(rows, n: n, cost: cost(dtype)) { range in
    switch dtype {
    case .float32: single(range.count, range.lowerBound * n)
    case .float64: for row in range { double(row * n) }
    }
  }
}

/// Nanoseconds to each element, about: those of float64 go to libm one by one.
private func cost(_ dtype: DType) -> Double {
  switch dtype {
  case .float32: 0.2
  case .float64: 5
  }
}
