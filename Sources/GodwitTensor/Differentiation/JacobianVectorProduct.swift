import GodwitKernels

/// J v: how fast a function changes when `x` moves by `direction` in a unit of time; by forward mode, in one pass.
///
/// Constants and statistics do not move, whatever the direction has in their places.
///
/// - Precondition: `direction` has the shapes and element types of `x`.
/// - Complexity: a small multiple of the function's own cost.
public func jacobianVectorProduct<M: Module, R: Module>(
  at x: M, along direction: M, of function: (M) throws -> R
) rethrows -> R {
  try valueWithJacobianVectorProduct(at: x, along: direction, of: function).product
}

/// The value of a function at `x`, and J v.
///
/// - Precondition: `direction` has the shapes and element types of `x`.
public func valueWithJacobianVectorProduct<M: Module, R: Module>(
  at x: M, along direction: M, of function: (M) throws -> R
) rethrows -> (value: R, product: R) {
  let level = Trace.newLevel()
  let inputs = x.tensors
  let tangents = direction.tensors
  require(
    inputs.count == tangents.count, "jacobianVectorProduct: \(tangents.count) directions for \(inputs.count) tensors")
  var traced: [Tensor] = []
  for ((input, tangent), isTrained) in zip(zip(inputs, tangents), x.trained) {
    if !isTrained {
      traced.append(input)
      continue
    }
    require(
      input.shape == tangent.shape && input.dtype == tangent.dtype,
      "jacobianVectorProduct: a direction \(tangent.shape) \(tangent.dtype) at a value \(input.shape) \(input.dtype)")
    traced.append(input.carrying(Trace(level: level, role: .tangent(tangent), outer: input.trace)))
  }
  let result = try function(x.replacingTensors(with: traced))
  let results = result.tensors
  let products = results.map { $0.tangent(at: level) ?? Tensor(zeros: $0.shape, dtype: $0.dtype) }
  return (
    result.replacingTensors(with: results.map { $0.beneath(level) }), result.replacingTensors(with: products)
  )
}
