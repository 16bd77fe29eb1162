import GodwitKernels

// Comparisons give 1 where they hold and 0 elsewhere; they have no derivative. Shapes broadcast.

/// 1 where a < b, else 0.
public func less(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.evaluate(.less, a.detached, b.detached, "less") }

/// 1 where a ≤ b, else 0.
public func lessOrEqual(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.evaluate(.lessOrEqual, a.detached, b.detached, "lessOrEqual")
}

/// 1 where a > b, else 0.
public func greater(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.evaluate(.greater, a.detached, b.detached, "greater") }

/// 1 where a ≥ b, else 0.
public func greaterOrEqual(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.evaluate(.greaterOrEqual, a.detached, b.detached, "greaterOrEqual")
}

/// 1 where a = b, else 0.
public func equal(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.evaluate(.equal, a.detached, b.detached, "equal") }

/// 1 where a ≠ b, else 0.
public func notEqual(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.evaluate(.notEqual, a.detached, b.detached, "notEqual")
}

/// `a` where `mask` is not 0, else `b`; shapes broadcast. The mask has no derivative.
///
/// The derivative of the side that is not chosen is 0 even where its value is not finite, provided that the value was
/// not computed from the tensor that is differentiated.
public func select(_ mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let mask = mask.detached
  return binary(a, b, readingA: .none, readingB: .none) {
    evaluateSelect(mask, $0, $1)
  } productA: { _, _, d in
    select(mask, d, Tensor(0, dtype: d.dtype))
  } productB: { _, _, d in
    select(mask, Tensor(0, dtype: d.dtype), d)
  }
}

private func evaluateSelect(_ mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  require(a.dtype == b.dtype && mask.dtype == a.dtype, "select: \(mask.dtype), \(a.dtype) and \(b.dtype) differ")
  let shape = Shape.broadcast(mask.shape, Shape.broadcast(a.shape, b.shape, of: "select"), of: "select")
  return Tensor(shape, a.dtype) {
    GodwitKernels.select(
      a.dtype, shape: Array(shape), mask: mask.pointer, maskStrides: mask.shape.broadcastStrides(to: shape), a.pointer,
      aStrides: a.shape.broadcastStrides(to: shape), b.pointer, bStrides: b.shape.broadcastStrides(to: shape), $0)
  }
}
