import GodwitKernels

/// The sum of weights as a divisor: without weights ∞, so that a mean of nothing is 0. Weights that together are below the least
/// normal number are none.
package func divisor(ofWeights sum: Tensor) -> Tensor {
  let least = sum.dtype == .float32 ? Double(Float.leastNormalMagnitude) : Double.leastNormalMagnitude
  if !sum.hasMagnitude(outside: least...(.infinity)) { return sum }
  return select(less(abs(sum), Tensor(least, dtype: sum.dtype)), Tensor(.infinity, dtype: sum.dtype), sum)
}
