import CGodwitKernels

/// Sets every element to `value`, rounded to the type.
package func fill(
  _ dtype: DType, count: Int, _ target: UnsafeMutableRawPointer, _ value: Double, on isa: InstructionSet = .current
) {
  let table = gw_elementwise_table(isa.rawValue, dtype.doublePrecision)!
  let size = dtype.byteCount
  forEachRange(count, grain: cheapGrain) { start, count in
    table.pointee.fill(Int64(count), value, target + start * size)
  }
}

/// Copies elements of one type as elements of another, rounded to nearest.
package func convert(
  from source: DType, to target: DType, count: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let size = source.byteCount
  if source == target {
    forEachRange(count, grain: cheapGrain) { start, count in
      (y + start * size).copyMemory(from: x + start * size, byteCount: count * size)
    }
    return
  }
  let table = gw_elementwise_table(isa.rawValue, source.doublePrecision)!
  forEachRange(count, grain: cheapGrain) { start, count in
    table.pointee.convert(Int64(count), x + start * size, y + start * target.byteCount)
  }
}
