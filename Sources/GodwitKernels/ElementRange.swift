import CGodwitKernels

/// Whether some element, or some magnitude, is not within a range; a NaN never is.
///
/// O(count), bound by memory.
package func hasElement(
  _ dtype: DType, count: Int, _ x: UnsafeRawPointer, outside range: ClosedRange<Double>, magnitudes: Bool,
  on isa: InstructionSet = .current
) -> Bool {
  let table = gw_reduction_table(isa.rawValue, dtype == .float32 ? 0 : 1)!
  func isOutside(_ part: Range<Int>) -> Bool {
    table.pointee.outside(
      Int64(part.count), x + part.lowerBound * dtype.byteCount, magnitudes ? 1 : 0, range.lowerBound, range.upperBound)
      != 0
  }
  let blockSize = 1 << 14
  if count <= blockSize { return isOutside(0..<count) }
  let blocks = (count + blockSize - 1) / blockSize
  return withUnsafeTemporaryAllocation(of: Bool.self, capacity: blocks) { found in
    nonisolated(unsafe) let found = found
    parallelFor(blocks) { block in
      found[block] = isOutside(block * blockSize..<min((block + 1) * blockSize, count))
    }
    return found.contains(true)
  }
}
