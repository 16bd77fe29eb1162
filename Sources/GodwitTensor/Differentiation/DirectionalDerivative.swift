import GodwitKernels

/// The slope of a function at `x` in a direction: how fast it changes for each unit of length that `x` moves.
///
/// D_v f = ∇f · v / |v|, so the length of `direction` does not count; `jacobianVectorProduct` is the one where it does.
///
/// - Precondition: `direction` has the shapes and element types of `x`, and a length that is finite and not zero.
public func directionalDerivative<M: Module, R: Module>(
  at x: M, along direction: M, of function: (M) throws -> R
) rethrows -> R {
  try valueWithDirectionalDerivative(at: x, along: direction, of: function).derivative
}

/// The value of a function at `x`, and its slope in a direction.
///
/// - Precondition: `direction` has the shapes and element types of `x`, and a length that is finite and not zero.
public func valueWithDirectionalDerivative<M: Module, R: Module>(
  at x: M, along direction: M, of function: (M) throws -> R
) rethrows -> (value: R, derivative: R) {
  var squares = 0.0
  for (part, isTrained) in zip(direction.tensors, x.trained) where isTrained {
    squares += square(part.detached.converted(to: .float64)).sum().item
  }
  let length = squares.squareRoot()
  require(length > 0 && length.isFinite, "directionalDerivative: a direction of length \(length) points nowhere")
  let (value, product) = try valueWithJacobianVectorProduct(at: x, along: direction, of: function)
  return (value, product.mapTensors { $0 / length })
}
