import GodwitKernels

extension Tensor {
  /// The parts at `indices` of an axis: the axis is replaced by the shape of the indices.
  ///
  /// - Precondition: every index lies within the axis.
  public func gather(_ indices: Indices, along axis: Int = 0) -> Tensor {
    let axis = shape.axis(axis, of: "gather")
    indices.requireBelow(shape[axis], "gather")
    if axis != 0 {
      let rows = movingAxis(axis, to: 0).gather(indices)
      let order = Array(indices.shape.rank..<(indices.shape.rank + axis)) + Array(0..<indices.shape.rank)
      return rows.transposed(order + Array((indices.shape.rank + axis)..<rows.rank))
    }
    let rows = shape[0]
    return linear(self) { x in
      let tail = Array(x.shape.dropFirst())
      let width = Shape(tail).elementCount
      return Tensor(Shape(Array(indices.shape) + tail), x.dtype) { y in
        indices.values.withUnsafeBufferPointer {
          guard let base = $0.baseAddress else { return }
          gatherRows(x.dtype, count: indices.count, width: width, table: x.pointer, indices: base, y)
        }
      }
    } transpose: { dy in
      scatterAdd(dy, at: indices, rows: rows)
    }
  }
}

/// A tensor of `rows` parts along its first axis: part r is the sum of the parts of `x` whose index is r.
///
/// The first axes of `x` are those of the indices. The transpose of `gather`.
///
/// - Precondition: every index is in `0 ..< rows`.
public func scatterAdd(_ x: Tensor, at indices: Indices, rows: Int) -> Tensor {
  indices.requireBelow(rows, "scatterAdd")
  require(
    x.rank >= indices.shape.rank && Shape(x.shape.prefix(indices.shape.rank)) == indices.shape,
    "scatterAdd: values of shape \(x.shape) for indices of shape \(indices.shape)")
  return linear(x) { x in
    let tail = Array(x.shape.dropFirst(indices.shape.rank))
    let width = Shape(tail).elementCount
    let target = Shape([rows] + tail)
    return Tensor(target, x.dtype) { y in
      fill(x.dtype, count: target.elementCount, y, 0)
      indices.values.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        scatterAddRows(x.dtype, count: indices.count, width: width, x.pointer, indices: base, rows: rows, table: y)
      }
    }
  } transpose: { dy in
    dy.gather(indices)
  }
}

extension Tensor {
  /// The element at `indices` of the last axis, one for each row.
  ///
  /// - Precondition: the shape of the indices is this one's without its last axis; at most 2³¹ elements.
  public func picking(_ indices: Indices) -> Tensor {
    let n = shape[shape.axis(-1, of: "picking")]
    require(
      indices.shape == shape.removing(axis: -1),
      "picking: indices of shape \(indices.shape) for a tensor of shape \(shape)")
    indices.requireBelow(n, "picking")
    var flat: [Int32] = []
    flat.reserveCapacity(indices.count)
    for (row, index) in indices.values.enumerated() {
      require(row * n + Int(index) <= Int(Int32.max), "picking: \(shape) has more than 2^31 elements")
      flat.append(Int32(row * n) + index)
    }
    return reshaped([count, 1]).gather(Indices(flat)).reshaped(indices.shape)
  }

  /// The elements on and below a diagonal of the last two axes, 0 elsewhere even where they are not finite; diagonal 1 is the one
  /// above the main.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor {
    require(rank >= 2, "lowerTriangle: \(shape) has fewer than two axes")
    let kept = Tensor(lowerTriangle: shape[rank - 2], shape[rank - 1], diagonal: diagonal, dtype: dtype)
    return select(kept, self, Tensor(0, dtype: dtype))
  }

  /// The elements on and above a diagonal of the last two axes, 0 elsewhere even where they are not finite; diagonal 1 is the one
  /// above the main.
  public func upperTriangle(diagonal: Int = 0) -> Tensor {
    require(rank >= 2, "upperTriangle: \(shape) has fewer than two axes")
    let left = Tensor(lowerTriangle: shape[rank - 2], shape[rank - 1], diagonal: diagonal - 1, dtype: dtype)
    return select(left, Tensor(0, dtype: dtype), self)
  }

  /// A matrix [`rows`, `columns`] with ones on and below a diagonal and zeros above it.
  ///
  /// - Precondition: neither extent is negative.
  public init(lowerTriangle rows: Int, _ columns: Int, diagonal: Int = 0, dtype: DType = .float32) {
    require(rows >= 0 && columns >= 0, "Tensor: a triangle of \(rows) rows and \(columns) columns")
    var values = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<Swift.max(0, Swift.min(columns, row + diagonal + 1)) { values[row * columns + column] = 1 }
    }
    self.init(values, shape: [rows, columns], dtype: dtype)
  }
}
