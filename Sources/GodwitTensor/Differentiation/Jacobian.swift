import GodwitKernels

/// The partial derivatives of a tensor function by every scalar of a tree: a tree whose tensors have the shapes
/// [axes of the value…, axes of that tensor…]; of a single tensor, the Jacobian matrix. Of constants and statistics there is
/// an empty tensor.
///
/// - Complexity: one recorded pass and one reverse pass for each element of the value.
public func jacobian<M: Module>(at x: M, of function: (M) throws -> Tensor) rethrows -> M {
  let (value, pullback) = try valueWithPullback(at: x, of: function)
  var rows: [[Tensor]] = []
  for index in 0..<value.count {
    var unit = [Double](repeating: 0, count: value.count)
    unit[index] = 1
    rows.append(pullback(Tensor(unit, shape: value.shape, dtype: value.dtype)).tensors)
  }
  let trained = x.trained
  let tensors = x.tensors.enumerated().map { place, tensor in
    if !trained[place] { return Tensor(zeros: [0], dtype: tensor.dtype) }
    let shape = Shape(Array(value.shape) + Array(tensor.shape))
    if rows.isEmpty { return Tensor(zeros: shape, dtype: tensor.dtype) }
    return stack(rows.map { $0[place] }, along: 0).reshaped(shape)
  }
  return x.replacingTensors(with: tensors)
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

/// The second derivatives of a scalar function by every two scalars of a tree: for each of its tensors the `jacobian` of
/// the gradient by that tensor.
///
/// - Complexity: one reverse pass over the gradient for each scalar of `x`.
public func hessian<M: Module>(at x: M, of function: (M) throws -> Tensor) rethrows -> [M] {
  try x.tensors.indices.map { place in
    try jacobian(at: x) { try gradient(at: $0, of: function).tensors[place] }
  }
}
