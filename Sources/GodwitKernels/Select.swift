import CGodwitKernels

/// y = a where the mask is not 0, else b; element by element over `shape`; y is dense.
///
/// - Parameters:
///   - maskStrides: elements from one index to the next, for each axis; 0 repeats. The same for the others.
package func select(
  _ dtype: DType, shape: [Int], mask: UnsafeRawPointer, maskStrides: [Int], _ a: UnsafeRawPointer, aStrides: [Int],
  _ b: UnsafeRawPointer, bStrides: [Int], _ y: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  var axes = StridedAxes(shape, maskStrides, aStrides, bStrides)
  guard axes.count > 0 else { return }
  let table = gw_elementwise_table(isa.rawValue, dtype.doublePrecision)!
  let size = dtype.byteCount
  var row = (extent: 1, strides: (0, 0, 0))
  if axes.rank > 0 {
    let last = axes.rank - 1
    let steps = (axes.strides.0[last], axes.strides.1[last], axes.strides.2[last])
    if 0...1 ~= steps.0, 0...1 ~= steps.1, 0...1 ~= steps.2 { row = axes.remove(last) }
  }
  let n = row.extent
  forEachPart(outer: axes.count, rows: 1, columns: n) { outer, _, columns in
    let start = columns.lowerBound
    axes.forEach(outer) { index, offsets in
      table.pointee.select(
        Int64(columns.count), mask + (offsets.0 + start * row.strides.0) * size, Int64(row.strides.0),
        a + (offsets.1 + start * row.strides.1) * size, Int64(row.strides.1),
        b + (offsets.2 + start * row.strides.2) * size, Int64(row.strides.2), y + (index * n + start) * size)
    }
  }
}
