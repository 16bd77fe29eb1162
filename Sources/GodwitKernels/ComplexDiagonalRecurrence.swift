import CGodwitKernels

/// Complex numbers as a pair of real arrays.
package struct ComplexFloats: Sendable {
  package nonisolated(unsafe) let real: UnsafePointer<Float>
  package nonisolated(unsafe) let imaginary: UnsafePointer<Float>

  package init(real: UnsafePointer<Float>, imaginary: UnsafePointer<Float>) {
    self.real = real
    self.imaginary = imaginary
  }
}

/// Complex numbers to write, as a pair of real arrays.
package struct MutableComplexFloats: Sendable {
  package nonisolated(unsafe) let real: UnsafeMutablePointer<Float>
  package nonisolated(unsafe) let imaginary: UnsafeMutablePointer<Float>

  package init(real: UnsafeMutablePointer<Float>, imaginary: UnsafeMutablePointer<Float>) {
    self.real = real
    self.imaginary = imaginary
  }
}

/// ``diagonalRecurrence`` of complex numbers; the parameters are those of the real form.
package func complexDiagonalRecurrence(
  batch: Int, length: Int, width: Int, a: ComplexFloats, aStrides: (batch: Int, time: Int), b: ComplexFloats,
  h: MutableComplexFloats, initial: ComplexFloats? = nil, on isa: InstructionSet = .current
) {
  let table = gw_diagonal_recurrence_table(isa.rawValue)!
  HeadPart.forEach(batch: batch, heads: 1, columns: [width], width: leastDiagonalColumns / 2, coarse: true) {
    _, parts in
    let part = parts[0]
    let column = part.columns.lowerBound
    let start = part.batch * length * width + column
    let aStart = part.batch * aStrides.batch + column
    let before = part.batch * width + column
    table.pointee.complex_forward(
      length, part.columns.count, [a.real + aStart, a.imaginary + aStart], aStrides.time,
      [b.real + start, b.imaginary + start], [h.real + start, h.imaginary + start], width,
      [initial.map { $0.real + before }, initial.map { $0.imaginary + before }])
  }
}

/// The gradient of ``complexDiagonalRecurrence``; the parameters are those of the real form.
///
/// The gradient of a complex number is the pair of derivatives by its real and its imaginary part, d/d re + i d/d im.
package func complexDiagonalRecurrenceGradient(
  batch: Int, length: Int, width: Int, a: ComplexFloats, aStrides: (batch: Int, time: Int), h: ComplexFloats,
  initial: ComplexFloats? = nil, dh: ComplexFloats, da: MutableComplexFloats, db: MutableComplexFloats,
  dInitial: MutableComplexFloats? = nil, on isa: InstructionSet = .current
) {
  let table = gw_diagonal_recurrence_table(isa.rawValue)!
  forEachGradientBlock(
    batch: batch, length: length, width: width, aStrides: aStrides, sums: [da.real, da.imaginary]
  ) { block, sums in
    let start = block.start * width + block.column
    let before = block.isFirst ? block.batch * width + block.column : start - width
    let last = block.isFirst ? initial : h
    let carries = [block.carry, block.carry + block.carryStride]
    table.pointee.complex_gradient(
      block.count, block.columns, [a.real + block.aStart, a.imaginary + block.aStart], aStrides.time,
      [h.real + start, h.imaginary + start], width,
      [last.map { $0.real + before }, last.map { $0.imaginary + before }],
      [dh.real + start, dh.imaginary + start], sums.map(Optional.some), block.sumStride, block.adds ? 1 : 0,
      [db.real + start, db.imaginary + start], carries.map(Optional.some))
    if block.isFirst, let dInitial {
      (dInitial.real + before).update(from: carries[0], count: block.columns)
      (dInitial.imaginary + before).update(from: carries[1], count: block.columns)
    }
  }
}
