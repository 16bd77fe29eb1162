/// Elements that a thread is given at least, where each costs little more than its way through memory.
let cheapGrain = 32_768

/// The same where each element costs some tens of operations.
let dearGrain = 8192

extension DType {
  /// The C tables' index of the type.
  var doublePrecision: Int32 { rawValue }
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
