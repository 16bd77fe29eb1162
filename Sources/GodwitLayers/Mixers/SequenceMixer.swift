import GodwitTensor

/// A causal sequence-to-sequence layer computable in three equal ways.
///
/// For the same input and state, the three agree in output, in the state that they leave and in all gradients; the
/// conformance suite of the tests holds every mixer to it.
///
/// Causal to the last bit, whatever the values are: an input that is NaN or infinite changes no output before it, and the
/// gradient of an output that is not finite changes no gradient of a later input. What an output sees is one sum, though: an
/// input that is not finite makes each output that sees it NaN, and so the gradients of all that these outputs see, earlier
/// inputs included.
public protocol SequenceMixer: SequenceLayer {
  /// What the layer keeps of the past.
  associatedtype State: SequenceState

  /// Whether the state's size depends on the length of the past.
  static var stateGrows: Bool { get }

  /// The state before the first position, for `batch` sequences.
  func initialState(batch: Int) -> State

  /// All positions at once, [B, T, D] to [B, T, D]; `state` becomes that after the last position.
  func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor

  /// A run of positions, [B, C, D] to [B, C, D], for reading a long sequence in parts.
  func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor

  /// One position, [B, D] to [B, D].
  func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor
}

extension SequenceMixer {
  /// All positions at once from the initial state.
  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    var state = initialState(batch: x.shape[0])
    return self(x, state: &state, context: &context)
  }

  /// All positions at once, in a pass without training.
  public func callAsFunction(_ x: Tensor, state: inout State) -> Tensor {
    var context = ForwardContext.evaluation
    return self(x, state: &state, context: &context)
  }

  /// A run of positions, in a pass without training.
  public func chunk(_ x: Tensor, state: inout State) -> Tensor {
    var context = ForwardContext.evaluation
    return chunk(x, state: &state, context: &context)
  }

  /// One position, in a pass without training.
  public func step(_ x: Tensor, state: inout State) -> Tensor {
    var context = ForwardContext.evaluation
    return step(x, state: &state, context: &context)
  }
}

/// A layer on each position by itself: it keeps nothing of the past, and its forms are one.
public protocol PositionwiseLayer: SequenceMixer where State == Stateless {
  /// The map of [..., D] to [..., D].
  func callAsFunction(_ x: Tensor) -> Tensor
}

extension PositionwiseLayer {
  public static var stateGrows: Bool { false }
  public func initialState(batch: Int) -> Stateless { Stateless() }
  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor { self(x) }
  public func callAsFunction(_ x: Tensor, state: inout Stateless, context: inout ForwardContext) -> Tensor { self(x) }
  public func chunk(_ x: Tensor, state: inout Stateless, context: inout ForwardContext) -> Tensor { self(x) }
  public func step(_ x: Tensor, state: inout Stateless, context: inout ForwardContext) -> Tensor { self(x) }
}
