import GodwitKernels

/// The derivative of a function at `x` in `direction`, not normalised: Jv, by forward mode in one pass.
///
/// - Precondition: `direction` has the shapes of `x`.
public func directionalDerivative<M: Module, R: Module>(
  at x: M, along direction: M, of function: (M) throws -> R
) rethrows -> R {
  try valueWithDirectionalDerivative(at: x, along: direction, of: function).derivative
}

/// The value of a function at `x` and its derivative in `direction`.
///
/// - Precondition: `direction` has the shapes of `x`.
public func valueWithDirectionalDerivative<M: Module, R: Module>(
  at x: M, along direction: M, of function: (M) throws -> R
) rethrows -> (value: R, derivative: R) {
  let level = Trace.newLevel()
  let inputs = x.tensors
  let tangents = direction.tensors
  require(
    inputs.count == tangents.count, "directionalDerivative: \(tangents.count) directions for \(inputs.count) tensors")
  var traced: [Tensor] = []
  for (input, tangent) in zip(inputs, tangents) {
    require(
      input.shape == tangent.shape,
      "directionalDerivative: a direction of shape \(tangent.shape) for a value of shape \(input.shape)")
    traced.append(input.carrying(Trace(level: level, role: .tangent(tangent), outer: input.trace)))
  }
  let result = try function(x.replacingTensors(with: traced))
  let results = result.tensors
  let derivatives = results.map { $0.tangent(at: level) ?? Tensor(zeros: $0.shape, dtype: $0.dtype) }
  return (
    result.replacingTensors(with: results.map { $0.beneath(level) }), result.replacingTensors(with: derivatives)
  )
}
