/// Walks a shape index by index.
struct NaiveStrides {
  let shape: [Int]

  init(_ shape: [Int]) { self.shape = shape }

  var count: Int { shape.reduce(1, *) }

  /// The strides of a dense array of this shape.
  var dense: [Int] {
    var strides = shape
    var stride = 1
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride *= shape[axis]
    }
    return strides
  }

  /// The strides that read a dense array of a smaller shape as this one.
  func broadcast(_ small: [Int]) -> [Int] {
    let own = NaiveStrides(small).dense
    var strides = [Int](repeating: 0, count: shape.count)
    for axis in small.indices where small[axis] != 1 { strides[axis + shape.count - small.count] = own[axis] }
    return strides
  }

  /// The offset of every index, in row-major order.
  func offsets(_ strides: [Int]) -> [Int] {
    (0..<count).map { flat in
      var (rest, offset) = (flat, 0)
      for axis in shape.indices.reversed() {
        offset += rest % shape[axis] * strides[axis]
        rest /= shape[axis]
      }
      return offset
    }
  }
}
