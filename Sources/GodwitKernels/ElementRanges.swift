/// Elements that a thread is given at least, where each costs little more than its way through memory.
let cheapGrain = 32_768

/// The same where each element costs some tens of operations.
let dearGrain = 8192

extension DType {
  /// The C tables' index of the type.
  var doublePrecision: Int32 {
    switch self {
    case .float32: 0
    case .float64: 1
    }
  }
}

/// Calls `body` with the start and the length of ranges that cover `0 ..< count`: one range where there is little to do,
/// else several on all threads, their borders at multiples of 1024.
@inline(__always)
func forEachRange(_ count: Int, grain: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
  if count < 2 * grain { return body(0, count) }
  parallelRanges((count + 1023) / 1024, grain: grain / 1024) { blocks in
    let start = blocks.lowerBound * 1024
    body(start, min(blocks.upperBound * 1024, count) - start)
  }
}

/// Calls `body` with parts that cover `outer` matrices of `rows` by `columns` elements: all at once where there is
/// little to do, else several on all threads, cut along the outermost axis that is long enough.
@inline(__always)
func forEachPart(
  outer: Int, rows: Int, columns: Int, _ body: (_ outer: Range<Int>, _ rows: Range<Int>, _ columns: Range<Int>) -> Void
) {
  if outer * rows * columns < 2 * cheapGrain { return body(0..<outer, 0..<rows, 0..<columns) }
  if outer >= 8 {
    parallelRanges(outer, grain: max(cheapGrain / (rows * columns), 1)) { body($0, 0..<rows, 0..<columns) }
  } else if rows >= 8 {
    // Multiples of 16 rows: a transposition then writes whole lines of the cache.
    parallelRanges((rows + 15) / 16, grain: max(cheapGrain / (16 * columns), 1)) {
      body(0..<outer, ($0.lowerBound * 16)..<min($0.upperBound * 16, rows), 0..<columns)
    }
  } else {
    forEachRange(columns, grain: cheapGrain) { body(0..<outer, 0..<rows, $0..<($0 + $1)) }
  }
}
