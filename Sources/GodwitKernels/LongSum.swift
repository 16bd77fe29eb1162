import CGodwitKernels

/// A sum of many addends as two floats for each element: the sum, and the rest that rounding took from it.
package struct LongSumRows {
  package let sum: UnsafePointer<Float>
  package let rest: UnsafePointer<Float>

  package init(sum: UnsafePointer<Float>, rest: UnsafePointer<Float>) { (self.sum, self.rest) = (sum, rest) }
}

/// The places of a sum after an addend; they must not be those before.
package struct MutableLongSumRows {
  package let sum: UnsafeMutablePointer<Float>
  package let rest: UnsafeMutablePointer<Float>

  package init(sum: UnsafeMutablePointer<Float>, rest: UnsafeMutablePointer<Float>) {
    (self.sum, self.rest) = (sum, rest)
  }
}

/// Adds `count` numbers to as many sums.
package func addToLongSum(
  _ count: Int, _ x: UnsafePointer<Float>, to before: LongSumRows, after: MutableLongSumRows,
  on isa: InstructionSet = .current
) {
  let table = gw_long_sum_table(isa.rawValue)!
  parallelRanges(count, grain: dearGrain) { range in
    let start = range.lowerBound
    table.pointee.add(
      range.count, before.sum + start, before.rest + start, x + start, after.sum + start, after.rest + start)
  }
}

/// One position of linear attention for each of `count` heads: S += k vᵀ, y = Sᵀ q.
///
/// Time about 7 operations for each element of S, of which two are those of a sum without a rest.
///
/// - Parameters:
///   - query: [count, K]; key likewise; value [count, V].
///   - before: S, [count, K, V].
///   - output: y, [count, V].
package func longSumStep(
  _ count: Int, keyWidth: Int, valueWidth: Int, query: UnsafePointer<Float>, key: UnsafePointer<Float>,
  value: UnsafePointer<Float>, before: LongSumRows, after: MutableLongSumRows, output: UnsafeMutablePointer<Float>,
  on isa: InstructionSet = .current
) {
  let table = gw_long_sum_table(isa.rawValue)!
  let size = keyWidth * valueWidth
  parallelRanges(count, grain: max(dearGrain / max(size, 1), 1)) { range in
    for head in range {
      let start = head * size
      table.pointee.step(
        keyWidth, valueWidth, query + head * keyWidth, key + head * keyWidth, value + head * valueWidth,
        before.sum + start, before.rest + start, after.sum + start, after.rest + start, output + head * valueWidth)
    }
  }
}
