import GodwitTensor

/// A causal sequence-to-sequence layer computable in three equal ways.
///
/// For the same input and state, the three agree in output, in the state that they leave and in all gradients; the
/// conformance suite of the tests holds every mixer to it.
public protocol SequenceMixer: SequenceLayer {
  /// What the layer keeps of the past.
  associatedtype State: Module

  /// Whether the state's size depends on the length of the past.
  static var stateGrows: Bool { get }

  /// The state before the first position, for `batch` sequences.
  func initialState(batch: Int) -> State

  /// All positions at once, [B, T, D] to [B, T, D]; `state` becomes that after the last position.
  func callAsFunction(_ x: Tensor, state: inout State) -> Tensor

  /// A run of positions, [B, C, D] to [B, C, D], for reading a long sequence in parts.
  func chunk(_ x: Tensor, state: inout State) -> Tensor

  /// One position, [B, D] to [B, D].
  func step(_ x: Tensor, state: inout State) -> Tensor
}

extension SequenceMixer {
  /// All positions at once from the initial state.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    var state = initialState(batch: x.shape[0])
    return self(x, state: &state)
  }
}
