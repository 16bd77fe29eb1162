import GodwitKernels

extension Tensor {
  /// The same elements in another shape; no copy. One extent may be -1: it is inferred.
  ///
  /// - Precondition: both shapes have the same number of elements.
  public func reshaped(_ extents: [Int]) -> Tensor {
    guard let free = extents.firstIndex(of: -1) else { return reshaped(Shape(extents)) }
    var known = 1
    for (axis, extent) in extents.enumerated() where axis != free { known *= extent }
    require(known > 0 && count % known == 0, "reshaped: \(shape) does not fit \(extents)")
    var complete = extents
    complete[free] = count / known
    return reshaped(Shape(complete))
  }

  /// The same elements in another shape; no copy.
  ///
  /// - Precondition: both shapes have the same number of elements.
  public func reshaped(_ target: Shape) -> Tensor {
    if target == shape { return self }
    require(
      target.elementCount == count, "reshaped: \(shape) has \(count) elements, \(target) has \(target.elementCount)")
    return linear(self) { x in
      Tensor(storage: x.storage, offset: x.offset, shape: target, dtype: x.dtype)
    } transpose: { [shape] dy in
      dy.reshaped(shape)
    }
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
  ///
  /// - Precondition: `order` is a permutation of the axes.
  public func transposed(_ order: [Int]) -> Tensor {
    let axes = order.map { shape.axis($0, of: "transposed") }
    require(Set(axes).count == rank && axes.count == rank, "transposed: \(order) is not a permutation of \(rank) axes")
    if axes == Array(0..<rank) { return self }
    var inverse = axes
    for (position, axis) in axes.enumerated() { inverse[axis] = position }
    return linear(self) { x in
      let strides = x.shape.strides
      let shape = Shape(axes.map { x.shape[$0] })
      return Tensor(shape, x.dtype) {
        copyStrided(
          x.dtype, shape: Array(shape), x.pointer, xStrides: axes.map { strides[$0] }, $0, yStrides: shape.strides)
      }
    } transpose: { [inverse] dy in
      dy.transposed(inverse)
    }
  }

  /// The last two axes exchanged.
  public var transposed: Tensor {
    require(rank >= 2, "transposed: \(shape) has fewer than two axes")
    var order = Array(0..<rank)
    order.swapAt(rank - 1, rank - 2)
    return transposed(order)
  }

  /// Two axes exchanged.
  public func swappingAxes(_ a: Int, _ b: Int) -> Tensor {
    var order = Array(0..<rank)
    order.swapAt(shape.axis(a, of: "swappingAxes"), shape.axis(b, of: "swappingAxes"))
    return transposed(order)
  }

  /// One axis moved to another place.
  public func movingAxis(_ source: Int, to target: Int) -> Tensor {
    var order = Array(0..<rank)
    let axis = order.remove(at: shape.axis(source, of: "movingAxis"))
    order.insert(axis, at: shape.axis(target, of: "movingAxis"))
    return transposed(order)
  }

  /// The elements repeated along new and stretched axes, matched from the last.
  ///
  /// - Precondition: each extent equals the target's or is 1.
  public func broadcast(to target: Shape) -> Tensor {
    if target == shape { return self }
    require(
      Shape.broadcast(shape, target, of: "broadcast") == target, "broadcast: \(shape) does not stretch to \(target)")
    return linear(self) { x in
      Tensor(target, x.dtype) {
        copyStrided(
          x.dtype, shape: Array(target), x.pointer, xStrides: x.shape.broadcastStrides(to: target), $0,
          yStrides: target.strides)
      }
    } transpose: { [shape] dy in
      dy.summed(to: shape)
    }
  }

  /// The transpose of `broadcast(to:)`: sums over the axes that were added or stretched.
  package func summed(to target: Shape) -> Tensor {
    if target == shape { return self }
    var result = self
    let added = rank - target.rank
    if added > 0 { result = result.sum(along: Array(0..<added)) }
    let stretched = (0..<target.rank).filter { target[$0] == 1 && result.shape[$0] != 1 }
    if !stretched.isEmpty { result = result.sum(along: stretched, keepingAxes: true) }
    return result.reshaped(target)
  }

  /// The elements as another type.
  public func converted(to target: DType) -> Tensor {
    if target == dtype { return self }
    return linear(self) { x in
      Tensor(x.shape, target) { convert(from: x.dtype, to: target, count: x.count, x.pointer, $0) }
    } transpose: { [dtype] dy in
      dy.converted(to: dtype)
    }
  }
}
