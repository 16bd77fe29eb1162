/// The constants of `SGD`; there is neither momentum nor decay unless told.
public struct SGDOptions: Sendable, Hashable, Codable {
  /// α, the base learning rate.
  public var learningRate: Double
  /// μ, how much of the velocity a step keeps; in 0 ..< 1.
  public var momentum: Double
  /// λ, the rate of weight decay, which is added to the gradient.
  public var weightDecay: Double

  /// The given constants.
  public init(learningRate: Double = 1e-2, momentum: Double = 0, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }
}
