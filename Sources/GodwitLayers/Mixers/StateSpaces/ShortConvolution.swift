import GodwitKernels
import GodwitTensor

/// A causal convolution of each channel by itself over the last few positions, with silu behind it: what Mamba's blocks begin with.
///
/// Its state is what it read at the last K − 1 positions.
public struct ShortConvolution: Module {
  /// [K, E], the factor of the position itself last.
  public var weight: Tensor
  /// [E].
  public var bias: Tensor

  /// Uniform weights and bias within ±1/√K.
  public init(_ width: Int, taps: Int, using generator: inout some RandomNumberGenerator) {
    require(width > 0 && taps > 0, "ShortConvolution: width \(width), \(taps) positions; both must be positive")
    let bound = 1 / Double(taps).squareRoot()
    weight = Tensor(uniform: -bound..<bound, shape: [taps, width], using: &generator)
    bias = Tensor(uniform: -bound..<bound, shape: [width], using: &generator)
  }

  /// The inputs before the first position, [B, K − 1, E].
  func initialState(batch: Int) -> Tensor {
    Tensor(zeros: [batch, weight.shape[0] - 1, weight.shape[1]], dtype: weight.dtype)
  }

  /// [B, T, E] to [B, T, E] after the inputs `recent`, which become those after the last position.
  func callAsFunction(_ x: Tensor, recent: inout Tensor) -> Tensor {
    let y = causalConvolution(x, weight: weight, bias: bias, before: recent, silu: true)
    let (kept, length) = (weight.shape[0] - 1, x.shape[1])
    // Copies, as a slice would hold on to the memory of all of x.
    recent = concatenate(
      length >= kept ? [x.slice(length - kept..<length, along: 1)] : [recent.slice(length..<kept, along: 1), x],
      along: 1)
    return y
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("weight", &weight, .weight)
    visitor.visit("bias", &bias, .bias)
  }
}
