import GodwitKernels
import GodwitTensor

/// Normalisation to one learned length (Nguyen and Salazar 2019, "Transformers without tears", equation 4): g x / ‖x‖ over
/// the last axis, with ε added to the mean square of x, so that a vector of zeros stays one.
public struct ScaleNorm: Module {
  /// g, [1], √D at first.
  public var length: Tensor
  /// D.
  public let width: Int
  /// ε.
  public var epsilon: Double

  /// The normalisation of vectors of `width` elements.
  public init(_ width: Int, epsilon: Double = 1e-6) {
    require(width > 0, "ScaleNorm: width \(width) is not positive")
    length = Tensor([Double(width).squareRoot()])
    self.width = width
    self.epsilon = epsilon
  }

  /// The normalised rows of x, [..., D].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let scale = (length * (1 / Double(width).squareRoot())).broadcast(to: [width])
    return rmsNorm(x, scale: scale, epsilon: epsilon)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("length", &length, .scale)
  }
}
