import GodwitKernels
import GodwitTensor

/// Layer normalisation (Ba, Kiros and Hinton 2016): (x − mean) / √(variance + ε) · scale + shift over the last axis.
public struct LayerNorm: Module {
  /// [D], ones at first.
  public var scale: Tensor
  /// [D], zeros at first.
  public var shift: Tensor
  /// ε, added to the variance.
  public var epsilon: Double

  /// The normalisation of vectors of `width` elements.
  public init(_ width: Int, epsilon: Double = 1e-5) {
    require(width > 0, "LayerNorm: width \(width) is not positive")
    scale = Tensor(ones: [width])
    shift = Tensor(zeros: [width])
    self.epsilon = epsilon
  }

  /// The normalised rows of x, [..., D].
  public func callAsFunction(_ x: Tensor) -> Tensor { layerNorm(x, scale: scale, shift: shift, epsilon: epsilon) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("scale", &scale, .scale)
    visitor.visit("shift", &shift, .bias)
  }
}
