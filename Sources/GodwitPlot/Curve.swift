/// A series in pixels: runs of points that belong together, cut where a point is left out.
struct Curve {
  var runs: [[SIMD2<Double>]] = []

  init(_ points: [SIMD2<Double>], place: (SIMD2<Double>) -> SIMD2<Double>?) {
    var run: [SIMD2<Double>] = []
    for point in points {
      if let pixel = place(point) {
        run.append(pixel)
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    if !run.isEmpty { runs.append(run) }
  }

  /// The same picture of many points in few: of the points that follow each other within half a pixel of width, the
  /// first, the lowest, the highest and the last. Returns whether there were so many.
  mutating func thin() -> Bool {
    let dense = runs.indices.filter { runs[$0].count > 2000 }
    for index in dense { runs[index] = Self.thinned(runs[index]) }
    return !dense.isEmpty
  }

  private static func thinned(_ run: [SIMD2<Double>]) -> [SIMD2<Double>] {
    var kept: [SIMD2<Double>] = []
    var start = 0
    while start < run.count {
      let column = (run[start].x * 2).rounded()
      var end = start
      var least = start
      var greatest = start
      while end < run.count, (run[end].x * 2).rounded() == column {
        if run[end].y < run[least].y { least = end }
        if run[end].y > run[greatest].y { greatest = end }
        end += 1
      }
      var previous = -1
      for index in [start, min(least, greatest), max(least, greatest), end - 1] where index > previous {
        kept.append(run[index])
        previous = index
      }
      start = end
    }
    return kept
  }

  /// The runs of two points or more, as the data of an SVG path.
  var path: String {
    runs.filter { $0.count > 1 }.map { run in
      "M" + run.map { coordinate($0.x) + " " + coordinate($0.y) }.joined(separator: "L")
    }.joined()
  }
}
