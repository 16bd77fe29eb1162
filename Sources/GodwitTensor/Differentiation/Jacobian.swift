import GodwitKernels

/// The matrix of partial derivatives of a tensor function: shape [axes of the value…, axes of `x`…].
///
/// - Complexity: one recorded pass and one reverse pass for each element of the value.
public func jacobian(at x: Tensor, of function: (Tensor) throws -> Tensor) rethrows -> Tensor {
  let (value, pullback) = try valueWithPullback(at: x, of: function)
  let shape = Shape(Array(value.shape) + Array(x.shape))
  if shape.elementCount == 0 { return Tensor(zeros: shape, dtype: x.dtype) }
  var rows: [Tensor] = []
  for index in 0..<value.count {
    var unit = [Double](repeating: 0, count: value.count)
    unit[index] = 1
    rows.append(pullback(Tensor(unit, shape: value.shape, dtype: value.dtype)))
  }
  return stack(rows, along: 0).reshaped(shape)
}

/// The product of a scalar function's Hessian with a direction: forward over reverse, without the matrix.
///
/// - Complexity: a small multiple of the function's own cost.
public func hessianVectorProduct<M: Module>(
  at x: M, along direction: M, of function: (M) throws -> Tensor
) rethrows -> M {
  try jacobianVectorProduct(at: x, along: direction) { try gradient(at: $0, of: function) }
}

/// The matrix of second derivatives of a scalar function: shape [axes of `x`…, axes of `x`…].
///
/// - Complexity: one reverse pass over the gradient for each element of `x`.
public func hessian(at x: Tensor, of function: (Tensor) throws -> Tensor) rethrows -> Tensor {
  try jacobian(at: x) { try gradient(at: $0, of: function) }
}
