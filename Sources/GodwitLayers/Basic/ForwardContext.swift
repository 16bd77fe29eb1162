import GodwitRandom
import GodwitTensor

/// What a pass through a model needs beside its input, and what it leaves beside its output.
///
/// It is an explicit argument, so that a pass has no hidden state: the same context and input give the same output.
public struct ForwardContext: Sendable {
  /// Whether layers behave as in training: dropout drops, statistics are taken.
  public var isTraining: Bool
  /// Where the randomness of training comes from.
  public var generator: Philox
  /// What statistics have become in this pass.
  var statistics: [StatisticUpdate] = []
  /// The rotary tables of this pass.
  var rotaryTables = RotaryTables()

  /// The context of a training pass.
  public init(isTraining: Bool = true, generator: Philox) {
    self.isTraining = isTraining
    self.generator = generator
  }

  /// The context of a pass without training: nothing is dropped and the generator is never used.
  public static var evaluation: ForwardContext { ForwardContext(isTraining: false, generator: Philox(seed: 0)) }
}
