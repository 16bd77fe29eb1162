/// How many of some values lie in each of equal pieces of their range.
struct HistogramBars {
  /// The ends of the pieces: a value is in the piece of the first upper end that is not below it.
  let edges: [Double]
  let counts: [Int]

  /// - Parameters:
  ///   - isWhole: the values are whole numbers, and the ends halfway between such.
  ///   - support: values that are shown even if there are none of them.
  init(_ values: [Double], isWhole: Bool, reaching support: ClosedRange<Double>? = nil) {
    let ends = values + (support.map { [$0.lowerBound, $0.upperBound] } ?? [])
    let (least, greatest) = (isWhole ? ends.min() ?? 0 : 0, ends.max() ?? 0)
    let most = 40.0
    let width = isWhole ? ((greatest - least + 1) / most).rounded(.up) : greatest / most > 0 ? greatest / most : 1
    let start = isWhole ? least - 0.5 : 0
    let pieces = max(Int(((greatest - start) / width).rounded(.up)), 1)
    edges = (0...pieces).map { start + Double($0) * width }
    var counts = [Int](repeating: 0, count: pieces)
    for value in values { counts[min(max(Int(((value - start) / width).rounded(.up)) - 1, 0), pieces - 1)] += 1 }
    self.counts = counts
  }

  /// The bars as one line.
  var outline: [SIMD2<Double>] {
    var points = [SIMD2(edges[0], 0)]
    for (index, count) in counts.enumerated() {
      points += [SIMD2(edges[index], Double(count)), SIMD2(edges[index + 1], Double(count))]
    }
    return points + [SIMD2(edges[edges.count - 1], 0)]
  }
}
