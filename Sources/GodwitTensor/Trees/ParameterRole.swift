/// What training must know of a tensor of a model.
///
/// The layer that stores a tensor says which it is; no grouping of an optimiser can change what follows from it.
public enum ParameterRole: Sendable, Hashable {
  /// A matrix or filter, to which weight decay applies.
  case weight
  /// An offset.
  case bias
  /// The scale of a normalisation, or another factor that should stay near where it began.
  case scale
  /// A table of vectors that are looked up.
  case embedding
  /// What makes a recurrence remember: a decay, a step size, a state matrix. It never decays, and has a learning rate of its
  /// own where its paper says so.
  case dynamics(DynamicsRate = .factor(1))
  /// Saved with the model and never trained: random directions, fixed transforms. It has no gradient and no moments.
  case constant
  /// Saved with the model and changed by training passes, not by gradients: a running mean. It has no gradient and no moments.
  case statistic

  /// Whether a gradient changes it.
  public var isTrained: Bool {
    switch self {
    case .weight, .bias, .scale, .embedding, .dynamics: true
    case .constant, .statistic: false
    }
  }
}

/// The learning rate of a recurrence's own parameters, beside that of the model.
public enum DynamicsRate: Sendable, Hashable {
  /// That of the model times a factor.
  case factor(Double)
  /// It follows the model's schedule up to this peak, if that is below the model's.
  case peak(Double)

  /// The factor on the model's learning rate, whose peak is `base`.
  public func factor(ofPeak base: Double) -> Double {
    switch self {
    case .factor(let factor): factor
    case .peak(let peak): base > peak ? peak / base : 1
    }
  }
}
