import GodwitTensor

/// What an optimiser knows of one tensor.
struct Treatment: Sendable {
  let role: ParameterRole
  let group: ParameterGroup
}

/// How an optimiser treats a parameter.
public struct ParameterGroup: Sendable, Hashable, Codable {
  /// The factor on the rate of weight decay.
  public var decayFactor: Double
  /// The factor on the learning rate.
  public var learningRateFactor: Double

  /// The given factors; both 1 unless told.
  public init(decayFactor: Double = 1, learningRateFactor: Double = 1) {
    self.decayFactor = decayFactor
    self.learningRateFactor = learningRateFactor
  }

  /// What the role of a parameter leaves of this: dynamics never decay, and have the learning rate of their layer.
  func adjusted(to role: ParameterRole, peak: Double) -> ParameterGroup {
    guard case .dynamics(let rate) = role else { return self }
    return ParameterGroup(decayFactor: 0, learningRateFactor: learningRateFactor * rate.factor(ofPeak: peak))
  }

  /// Every parameter decays, dynamics apart.
  public static func decayingAll(name: String, role: ParameterRole) -> ParameterGroup { ParameterGroup() }

  /// Weights decay; biases, scales of normalisations and embeddings do not: decay regularises a map, while those carry
  /// a size that the data decide.
  public static func decayingWeights(name: String, role: ParameterRole) -> ParameterGroup {
    ParameterGroup(decayFactor: role == .weight ? 1 : 0)
  }
}
