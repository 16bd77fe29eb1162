import GodwitTensor

/// What a state space model behind a short convolution keeps of the past; its size does not depend on how long that was.
public struct ConvolvedState: SequenceState {
  /// What the convolution read at the last K − 1 positions, [B, K − 1, channels].
  public var recent: Tensor
  /// The states, [B, ...].
  public var memory: Tensor

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("recent", &recent, .weight)
    visitor.visit("memory", &memory, .weight)
  }
}
