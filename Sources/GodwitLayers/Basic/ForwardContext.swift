import GodwitRandom

/// What a pass through a model needs beside its input.
///
/// It is an explicit argument, so that a pass has no hidden state: the same context and input give the same output.
public struct ForwardContext: Sendable {
  /// Whether layers behave as in training: dropout drops.
  public var isTraining: Bool
  /// Where dropout's randomness comes from.
  public var generator: Philox

  /// The context of a training pass.
  public init(isTraining: Bool = true, generator: Philox) {
    self.isTraining = isTraining
    self.generator = generator
  }

  /// The context of a pass without training: nothing is dropped and the generator is never used.
  public static var evaluation: ForwardContext { ForwardContext(isTraining: false, generator: Philox(seed: 0)) }
}
