import GodwitKernels
import GodwitRandom

/// Each element set to 0 with probability `rate`, the others divided by 1 − `rate` (Srivastava et al. 2014).
///
/// - Precondition: `rate` is in 0 ..< 1.
public func dropout(_ x: Tensor, rate: Double, using generator: inout some RandomNumberGenerator) -> Tensor {
  require(rate >= 0 && rate < 1, "dropout: rate \(rate) is not in 0 ..< 1")
  if rate == 0 { return x }
  let kept = greaterOrEqual(Tensor(uniform: 0..<1, shape: x.shape, using: &generator), Tensor(rate))
  return x * (kept / (1 - rate)).converted(to: x.dtype)
}
