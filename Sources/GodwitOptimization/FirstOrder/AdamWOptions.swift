/// The constants of `AdamW`; the defaults are those of the paper, but for a decay as PyTorch has it.
public struct AdamWOptions: Sendable, Hashable, Codable {
  /// α, the base learning rate.
  public var learningRate: Double
  /// β₁, how much of the mean of the gradients a step keeps; in 0 ..< 1.
  public var beta1: Double
  /// β₂, how much of the mean of their squares a step keeps; in 0 ..< 1.
  public var beta2: Double
  /// ε, added to the root of the second moment.
  public var epsilon: Double
  /// λ, the rate of weight decay.
  public var weightDecay: Double
  /// What λ is a rate of.
  public var decayConvention: DecayConvention

  /// The given constants.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 1e-2, decayConvention: DecayConvention = .pytorch
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayConvention = decayConvention
  }
}
