import GodwitTensor

/// A layer that takes a whole sequence to a sequence of the same length and width.
///
/// Layers that see the future or have no recurrent form conform to this alone; those that can also be computed a part at a
/// time are `SequenceMixer`s.
public protocol SequenceLayer: Module {
  /// All positions at once, [B, T, D] to [B, T, D].
  func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor
}

extension SequenceLayer {
  /// All positions at once, in a pass without training.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    var context = ForwardContext.evaluation
    return self(x, context: &context)
  }
}
