import CGodwitKernels

/// y = f(x), element by element. float32 results are within a few units in the last place; see `vector_math.inc`.
///
/// - Parameter y: may be `x`.
package func elementwise(
  _ operation: UnaryOperation, _ dtype: DType, count: Int, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let loop = gw_unary_loop(isa.rawValue, dtype.doublePrecision, operation.rawValue)!
  let size = dtype.byteCount
  forEachRange(count, grain: dearGrain) { start, count in loop(Int64(count), x + start * size, y + start * size) }
}

/// dx = dy f'(x), element by element.
///
/// - Parameter dx: may be `x` or `dy`.
package func elementwiseGradient(
  _ operation: UnaryOperation, _ dtype: DType, count: Int, _ x: UnsafeRawPointer, _ dy: UnsafeRawPointer,
  _ dx: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  let loop = gw_unary_gradient_loop(isa.rawValue, dtype.doublePrecision, operation.rawValue)!
  let size = dtype.byteCount
  forEachRange(count, grain: dearGrain) { start, count in
    loop(Int64(count), x + start * size, dy + start * size, dx + start * size)
  }
}

/// y = f(a, b), element by element.
///
/// - Parameter y: may be `a` or `b`.
package func elementwise(
  _ operation: BinaryOperation, _ dtype: DType, count: Int, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
  _ y: UnsafeMutableRawPointer, on isa: InstructionSet = .current
) {
  let loop = gw_binary_loop(isa.rawValue, dtype.doublePrecision, operation.rawValue, Int32(GW_ROWS_BOTH))!
  let size = dtype.byteCount
  forEachRange(count, grain: cheapGrain) { start, count in
    loop(1, Int64(count), a + start * size, 0, b + start * size, 0, y + start * size, 0)
  }
}

/// y = scale x + offset, in the precision of the elements.
package func affine(
  _ dtype: DType, count: Int, scale: Double, offset: Double, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_elementwise_table(isa.rawValue, dtype.doublePrecision)!
  let size = dtype.byteCount
  forEachRange(count, grain: cheapGrain) { start, count in
    table.pointee.affine(Int64(count), scale, offset, x + start * size, y + start * size)
  }
}

/// y += scale x, in the precision of the elements.
package func scaleAdd(
  _ dtype: DType, count: Int, scale: Double, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  on isa: InstructionSet = .current
) {
  let table = gw_elementwise_table(isa.rawValue, dtype.doublePrecision)!
  let size = dtype.byteCount
  forEachRange(count, grain: cheapGrain) { start, count in
    table.pointee.scale_add(Int64(count), scale, x + start * size, y + start * size)
  }
}
