import GodwitKernels
import GodwitTensor

/// Sets elements to 0 at random in training and scales the others up (Srivastava et al. 2014); otherwise does nothing.
public struct Dropout: Module {
  /// The probability of 0.
  public let rate: Double

  /// Dropout with a probability.
  ///
  /// - Precondition: `rate` is in 0 ..< 1.
  public init(_ rate: Double) {
    require(rate >= 0 && rate < 1, "Dropout: rate \(rate) is not in 0 ..< 1")
    self.rate = rate
  }

  /// x with elements dropped, if the context says that this is training.
  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    context.isTraining && rate > 0 ? dropout(x, rate: rate, using: &context.generator) : x
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {}
}
