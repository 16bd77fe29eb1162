/// The axes over which up to three arrays are walked together, as few as they can be: axes of extent 1 are dropped and
/// neighbours merged where every array allows it. Held without memory of its own, for small tensors.
struct StridedAxes {
  static let maximumRank = 8

  private(set) var rank = 0
  /// Extents, outermost first.
  private(set) var extents = SIMD8<Int>(repeating: 1)
  /// Elements from one index to the next, for each array.
  private(set) var strides = (SIMD8<Int>(), SIMD8<Int>(), SIMD8<Int>())

  init(_ shape: [Int], _ first: [Int], _ second: [Int], _ third: [Int]? = nil) {
    require(shape.count <= Self.maximumRank, "StridedAxes: \(shape.count) axes; at most \(Self.maximumRank)")
    require(
      first.count == shape.count && second.count == shape.count && (third ?? second).count == shape.count,
      "StridedAxes: \(shape.count) axes; \(first.count), \(second.count), \((third ?? second).count) strides")
    for axis in shape.indices where shape[axis] != 1 {
      append(shape[axis], (first[axis], second[axis], third?[axis] ?? 0))
    }
  }

  /// Adds an axis inside the others.
  private mutating func append(_ extent: Int, _ step: (Int, Int, Int)) {
    let last = rank - 1
    if last >= 0, strides.0[last] == step.0 * extent, strides.1[last] == step.1 * extent,
      strides.2[last] == step.2 * extent
    {
      extents[last] *= extent
      setStrides(last, step)
    } else {
      extents[rank] = extent
      setStrides(rank, step)
      rank += 1
    }
  }

  private mutating func setStrides(_ axis: Int, _ step: (Int, Int, Int)) {
    strides.0[axis] = step.0
    strides.1[axis] = step.1
    strides.2[axis] = step.2
  }

  /// The number of elements.
  var count: Int {
    var product = 1
    for axis in 0..<rank { product *= extents[axis] }
    return product
  }

  /// Takes an axis out and returns it; one of extent 1 if there is none.
  mutating func remove(_ axis: Int) -> (extent: Int, strides: (Int, Int, Int)) {
    guard axis >= 0, axis < rank else { return (1, (0, 0, 0)) }
    let removed = (extents[axis], (strides.0[axis], strides.1[axis], strides.2[axis]))
    for place in axis..<(rank - 1) {
      extents[place] = extents[place + 1]
      setStrides(place, (strides.0[place + 1], strides.1[place + 1], strides.2[place + 1]))
    }
    rank -= 1
    extents[rank] = 1
    setStrides(rank, (0, 0, 0))
    return removed
  }

  /// Calls `body` for a range of the indices in row-major order, with the offset in each array.
  @inline(__always)
  func forEach(_ range: Range<Int>, _ body: (_ index: Int, _ offsets: (Int, Int, Int)) -> Void) {
    guard rank > 0 else {
      if !range.isEmpty { body(0, (0, 0, 0)) }
      return
    }
    var place = SIMD8<Int>()
    var rest = range.lowerBound
    for axis in (0..<rank).reversed() {
      place[axis] = rest % extents[axis]
      rest /= extents[axis]
    }
    var offsets = (
      (strides.0 &* place).wrappedSum(), (strides.1 &* place).wrappedSum(), (strides.2 &* place).wrappedSum()
    )
    for index in range {
      body(index, offsets)
      var axis = rank - 1
      while axis >= 0 {
        place[axis] += 1
        offsets = (offsets.0 + strides.0[axis], offsets.1 + strides.1[axis], offsets.2 + strides.2[axis])
        if place[axis] < extents[axis] { break }
        offsets = (
          offsets.0 - strides.0[axis] * place[axis], offsets.1 - strides.1[axis] * place[axis],
          offsets.2 - strides.2[axis] * place[axis]
        )
        place[axis] = 0
        axis -= 1
      }
    }
  }
}
