import GodwitKernels
import GodwitTensor

/// A dense layer: y = x W + b over the last axis.
public struct Linear: Module {
  /// W, [N, M].
  public var weight: Tensor
  /// b, [M].
  public var bias: Tensor?

  /// A layer of the given weight and bias.
  ///
  /// - Precondition: the bias has one element for each column of the weight.
  public init(weight: Tensor, bias: Tensor? = nil) {
    require(weight.rank == 2, "Linear: a weight of shape \(weight.shape); expected [N, M]")
    require(
      bias.map { $0.shape == [weight.shape[1]] } ?? true,
      "Linear: a bias of shape \(bias?.shape ?? []) for a weight of shape \(weight.shape)")
    self.weight = weight
    self.bias = bias
  }

  /// A layer with normal weights of mean 0 and a bias of zeros.
  ///
  /// - Parameters:
  ///   - inputs: N.
  ///   - outputs: M.
  ///   - standardDeviation: that of the weights; 1/√N if nil, which keeps the variance of what passes (LeCun et al. 1998,
  ///     "Efficient BackProp", section 4.6).
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, standardDeviation: Double? = nil,
    using generator: inout some RandomNumberGenerator
  ) {
    require(inputs > 0 && outputs > 0, "Linear: \(inputs) inputs and \(outputs) outputs; both must be positive")
    let deviation = standardDeviation ?? 1 / Double(inputs).squareRoot()
    weight = Tensor(normal: 0, standardDeviation: deviation, shape: [inputs, outputs], using: &generator)
    self.bias = bias ? Tensor(zeros: [outputs]) : nil
  }

  /// The map of [..., N] to [..., M].
  ///
  /// - Complexity: 2 N M operations for each row.
  public func callAsFunction(_ x: Tensor) -> Tensor { affineMap(x, weight: weight, bias: bias) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("weight", &weight, .weight)
    if bias != nil { visitor.visit("bias", &bias!, .bias) }
  }
}
