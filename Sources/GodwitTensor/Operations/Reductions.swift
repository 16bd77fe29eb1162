import GodwitKernels

extension Tensor {
  /// The tensor with axes reduced by a kernel; `axes` resolved and ascending. Neighbouring axes go in one pass.
  private func reduced(_ reduction: Reduction, _ axes: [Int]) -> Tensor {
    var result = detached
    var last = axes.count - 1
    while last >= 0 {
      var first = last
      while first > 0, axes[first - 1] == axes[first] - 1 { first -= 1 }
      let x = result
      var (outer, n, inner) = (1, 1, 1)
      for axis in 0..<x.rank {
        if axis < axes[first] {
          outer *= x.shape[axis]
        } else if axis <= axes[last] {
          n *= x.shape[axis]
        } else {
          inner *= x.shape[axis]
        }
      }
      var shape = x.shape
      for axis in axes[first]...axes[last] { shape[axis] = 1 }
      result = Tensor(shape, dtype) {
        reduce(reduction, x.dtype, outer: outer, n: n, inner: inner, x.pointer, $0)
      }
      last = first - 1
    }
    return result
  }

  private func resolved(_ axes: [Int], _ operation: StaticString) -> [Int] {
    let resolved = axes.map { shape.axis($0, of: operation) }.sorted()
    require(Set(resolved).count == resolved.count, "\(operation): axes \(axes) of \(shape) repeat")
    return resolved
  }

  private func dropping(_ axes: [Int], unless keeping: Bool) -> Tensor {
    if keeping { return self }
    var extents: [Int] = []
    for axis in 0..<rank where !axes.contains(axis) { extents.append(shape[axis]) }
    return reshaped(Shape(extents))
  }

  /// The sum of all elements, a scalar.
  public func sum() -> Tensor { sum(along: Array(0..<rank)) }

  /// The sums along an axis.
  public func sum(along axis: Int, keepingAxis: Bool = false) -> Tensor { sum(along: [axis], keepingAxes: keepingAxis) }

  /// The sums along axes.
  public func sum(along axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let axes = resolved(axes, "sum")
    if axes.isEmpty { return self }
    let total = linear(self) { x in
      x.reduced(.sum, axes)
    } transpose: { [shape] dy in
      dy.broadcast(to: shape)
    }
    return total.dropping(axes, unless: keepingAxes)
  }

  /// The mean of all elements, a scalar; NaN of none.
  public func mean() -> Tensor { mean(along: Array(0..<rank)) }

  /// The means along an axis.
  public func mean(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    mean(along: [axis], keepingAxes: keepingAxis)
  }

  /// The means along axes.
  public func mean(along axes: [Int], keepingAxes: Bool = false) -> Tensor {
    var count = 1
    for axis in resolved(axes, "mean") { count *= shape[axis] }
    let sums = sum(along: axes, keepingAxes: keepingAxes)
    guard !sums.isFinite else { return sums / Double(count) }
    // The mean of finite numbers is finite where their sum is not. The power of two changes no other bit.
    let part = Double(
      sign: .plus, exponent: -(Swift.max(count, 1).bitWidth - Swift.max(count, 1).leadingZeroBitCount), significand: 1)
    return (self * part).sum(along: axes, keepingAxes: keepingAxes) / (Double(count) * part)
  }

  /// The variances along an axis, divided by the number of elements (not one less).
  public func variance(along axis: Int, keepingAxis: Bool = false) -> Tensor {
    variance(along: [axis], keepingAxes: keepingAxis)
  }

  /// The variance of all elements, a scalar.
  public func variance() -> Tensor { variance(along: Array(0..<rank)) }

  /// The variances along axes, divided by the number of elements (not one less).
  public func variance(along axes: [Int], keepingAxes: Bool = false) -> Tensor {
    let centred = self - mean(along: axes, keepingAxes: true)
    let variance = square(centred).mean(along: axes, keepingAxes: keepingAxes)
    if variance.isFinite { return variance }
    // Squares may be beyond the greatest number where their mean is not.
    let part = 0x1p-16
    return square(centred * part).mean(along: axes, keepingAxes: keepingAxes) / (part * part)
  }

  /// The greatest element along each axis, NaN where one is; equal ones share the derivative.
  ///
  /// - Precondition: the axes have elements.
  public func max(along axes: [Int], keepingAxes: Bool = false) -> Tensor {
    extremum(.maximum, resolved(axes, "max"), keepingAxes)
  }

  /// The greatest element along an axis, NaN where one is; equal ones share the derivative.
  ///
  /// - Precondition: the axis has elements.
  public func max(along axis: Int, keepingAxis: Bool = false) -> Tensor { max(along: [axis], keepingAxes: keepingAxis) }

  /// The least element along each axis, NaN where one is; equal ones share the derivative.
  ///
  /// - Precondition: the axes have elements.
  public func min(along axes: [Int], keepingAxes: Bool = false) -> Tensor {
    extremum(.minimum, resolved(axes, "min"), keepingAxes)
  }

  /// The least element along an axis, NaN where one is; equal ones share the derivative.
  ///
  /// - Precondition: the axis has elements.
  public func min(along axis: Int, keepingAxis: Bool = false) -> Tensor { min(along: [axis], keepingAxes: keepingAxis) }

  /// The greatest element, a scalar; NaN where one is.
  ///
  /// - Precondition: there are elements.
  public func max() -> Tensor { max(along: Array(0..<rank)) }

  /// The least element, a scalar; NaN where one is.
  ///
  /// - Precondition: there are elements.
  public func min() -> Tensor { min(along: Array(0..<rank)) }

  private func extremum(_ reduction: Reduction, _ axes: [Int], _ keepingAxes: Bool) -> Tensor {
    if axes.isEmpty { return self }
    for axis in axes { require(shape[axis] > 0, "max, min: axis \(axis) of \(shape) has no elements") }
    let shares: @Sendable (Tensor, Tensor) -> Tensor = { x, y in
      let chosen = equal(x, y)
      return chosen / chosen.sum(along: axes, keepingAxes: true)
    }
    let result = record([self], reading: .both) {
      [$0[0].reduced(reduction, axes)]
    } pushforward: { x, y, dx in
      [dx[0].map { ($0 * shares(x[0], y[0])).sum(along: axes, keepingAxes: true) }]
    } pullback: { x, y, dy, _ in
      [dy[0].map { $0 * shares(x[0], y[0]) }]
    }
    return result[0].dropping(axes, unless: keepingAxes)
  }

  /// The position of the greatest element along an axis, the first of equals; of the first NaN where there is one.
  ///
  /// - Precondition: the axis has elements.
  public func argmax(along axis: Int = -1) -> Indices {
    let axis = shape.axis(axis, of: "argmax")
    let (outer, n, inner) = shape.split(at: axis)
    require(n > 0, "argmax: axis \(axis) of \(shape) has no elements")
    let values = [Int32](unsafeUninitializedCapacity: outer * inner) { buffer, initialized in
      if let base = buffer.baseAddress { GodwitKernels.argmax(dtype, outer: outer, n: n, inner: inner, pointer, base) }
      initialized = outer * inner
    }
    return Indices(values, shape: shape.removing(axis: axis))
  }

  /// Running sums along an axis: of the elements up to and including each (or, `exclusive`, before it), from the front or,
  /// `reverse`, from the back.
  public func cumulativeSum(along axis: Int, reverse: Bool = false, exclusive: Bool = false) -> Tensor {
    let axis = shape.axis(axis, of: "cumulativeSum")
    return linear(self) { x in
      let (outer, n, inner) = x.shape.split(at: axis)
      return Tensor(x.shape, x.dtype) {
        GodwitKernels.cumulativeSum(
          x.dtype, outer: outer, n: n, inner: inner, reverse: reverse, exclusive: exclusive, x.pointer, $0)
      }
    } transpose: { dy in
      dy.cumulativeSum(along: axis, reverse: !reverse, exclusive: exclusive)
    }
  }
}
