import CGodwitKernels

/// Σ x² in float64, the same at any number of threads: blocks of fixed size, then in order.
///
/// O(count), bound by memory.
package func sumOfSquares(
  _ dtype: DType, count: Int, _ x: UnsafeRawPointer, on isa: InstructionSet = .current
) -> Double {
  let table = gw_adam_table(isa.rawValue)!
  let blockSize = 1 << 15
  let blocks = (count + blockSize - 1) / blockSize
  var sums = [Double](repeating: 0, count: blocks)
  sums.withUnsafeMutableBufferPointer { sums in
    nonisolated(unsafe) let sums = sums
    parallelFor(blocks) { block in
      let start = block * blockSize
      let length = min(blockSize, count - start)
      switch dtype {
      case .float32: sums[block] = table.pointee.squares(length, x.floats + start)
      case .float64: sums[block] = table.pointee.squares_double(length, x.doubles + start)
      }
    }
  }
  return sums.reduce(0, +)
}
