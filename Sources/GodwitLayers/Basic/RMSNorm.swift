import GodwitKernels
import GodwitTensor

/// Root-mean-square normalisation (Zhang and Sennrich 2019): x / √(mean(x²) + ε) · scale over the last axis.
public struct RMSNorm: Module {
  /// [D], ones at first.
  public var scale: Tensor
  /// ε, added to the mean square.
  public var epsilon: Double

  /// The normalisation of vectors of `width` elements.
  public init(_ width: Int, epsilon: Double = 1e-6) {
    require(width > 0, "RMSNorm: width \(width) is not positive")
    scale = Tensor(ones: [width])
    self.epsilon = epsilon
  }

  /// The normalised rows of x, [..., D].
  public func callAsFunction(_ x: Tensor) -> Tensor { rmsNorm(x, scale: scale, epsilon: epsilon) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("scale", &scale, .scale)
  }
}
