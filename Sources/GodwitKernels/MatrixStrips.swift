/// Strips of a factor as tiles read them, packed or in place, for one block of steps.
struct Strips {
  /// The rows of a, or columns of b, that they are strips of.
  let range: Range<Int>
  /// Of them in a strip.
  let width: Int
  let base: UnsafeRawPointer
  /// Bytes from one strip to the next.
  let stripStride: Int
  /// From one row or column to the next, and from one step to the next, in elements.
  let stride, stepStride: Int

  var count: Int { (range.count + width - 1) / width }
  func strip(_ strip: Int) -> UnsafeRawPointer { base + strip * stripStride }
}

extension MatrixProblem {
  /// Whether tiles read the rows of a where they lie, which saves packing them.
  ///
  /// Where rows are a power of two apart they share their places in the cache; packed they do not, which pays where
  /// many columns pass by.
  var readsRowsInPlace: Bool { n <= 256 || max(a.stride, a.stepStride) * elementSize <= 2048 }

  func rowsInPlace(_ rows: Range<Int>, steps: Range<Int>) -> Strips {
    Strips(
      range: rows, width: stripRows, base: start(a, rows, steps), stripStride: stripRows * a.stride * elementSize,
      stride: a.stride, stepStride: a.stepStride)
  }
}
