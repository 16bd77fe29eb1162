/// Rows of floats somewhere in memory, `stride` floats apart: an operand of the products that a fused kernel makes.
struct FloatRows {
  let pointer: UnsafeMutablePointer<Float>
  let stride: Int

  init(_ pointer: UnsafeMutablePointer<Float>, stride: Int) {
    self.pointer = pointer
    self.stride = stride
  }

  /// Rows that are only read.
  init(reading pointer: UnsafePointer<Float>, stride: Int) {
    self.init(UnsafeMutablePointer(mutating: pointer), stride: stride)
  }

  /// The rows from `row` on.
  func from(_ row: Int) -> FloatRows { FloatRows(pointer + row * stride, stride: stride) }

  subscript(row: Int, column: Int) -> Float {
    get { pointer[row * stride + column] }
    nonmutating set { pointer[row * stride + column] = newValue }
  }

  /// Sets the first `columns` elements of some rows to 0.
  func clear(rows: Int, columns: Int) {
    for row in 0..<rows { (pointer + row * stride).update(repeating: 0, count: columns) }
  }
}

/// c = a b, or c + a b with `accumulate`, for a [m, k] and b [k, n], or their transposes.
func multiply(
  m: Int, n: Int, k: Int, _ a: FloatRows, transposeA: Bool = false, _ b: FloatRows, transposeB: Bool = false,
  into c: FloatRows, accumulate: Bool = false, on isa: InstructionSet
) {
  matrixProduct(
    .float32, m: m, n: n, k: k, a: a.pointer, lda: a.stride, transposeA: transposeA, b: b.pointer, ldb: b.stride,
    transposeB: transposeB, c: c.pointer, ldc: c.stride, accumulate: accumulate, on: isa)
}
