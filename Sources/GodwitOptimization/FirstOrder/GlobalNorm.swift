import GodwitKernels
import GodwitTensor

/// √(Σ x²) over all elements of all tensors of a tree.
///
/// Not finite if any element is not: the cheap test whether a gradient can be used.
///
/// - Complexity: one read of every element.
public func globalNorm(_ tree: some Module) -> Double {
  var total = 0.0
  for tensor in tree.tensors where tensor.count > 0 {
    total += sumOfSquares(tensor.dtype, count: tensor.count, tensor.pointer)
  }
  return total.squareRoot()
}

/// The factor that brings a gradient of this global norm down to `maximumNorm`, 1 if it is not above (Pascanu, Mikolov and
/// Bengio 2013, Algorithm 1). Give it to an optimiser as `gradientScale`, which saves a pass over the gradient.
///
/// - Precondition: `maximumNorm` is positive.
public func clippingScale(norm: Double, maximumNorm: Double) -> Double {
  require(maximumNorm > 0, "clippingScale: maximum norm \(maximumNorm) is not positive")
  return norm > maximumNorm ? maximumNorm / norm : 1
}

/// A gradient with its global norm brought down to `maximumNorm` if it is above.
///
/// - Precondition: `maximumNorm` is positive.
public func clipped<Gradient: Module>(_ gradient: Gradient, toGlobalNorm maximumNorm: Double) -> Gradient {
  let scale = clippingScale(norm: globalNorm(gradient), maximumNorm: maximumNorm)
  return scale == 1 ? gradient : gradient.mapTensors { $0 * scale }
}
