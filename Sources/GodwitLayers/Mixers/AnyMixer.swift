import GodwitKernels
import GodwitTensor

/// A mixer of any type. Its tensors have the names that they have in the mixer itself.
public struct AnyMixer: SequenceMixer {
  /// The mixer.
  public private(set) var base: any SequenceMixer

  /// The given mixer, its type put aside.
  public init(_ base: any SequenceMixer) { self.base = base }

  /// True, as it is not known before run time; see the instance's property.
  public static var stateGrows: Bool { true }

  /// Whether the size of the mixer's state depends on the length of the past.
  public var stateGrows: Bool { type(of: base).stateGrows }

  public func initialState(batch: Int) -> AnyMixerState { AnyMixerState(base.initialState(batch: batch)) }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor { base(x, context: &context) }

  public func callAsFunction(
    _ x: Tensor, state: inout AnyMixerState, context: inout ForwardContext
  ) -> Tensor { parallel(base, x, &state, &context) }

  public func chunk(_ x: Tensor, state: inout AnyMixerState, context: inout ForwardContext) -> Tensor {
    chunked(base, x, &state, &context)
  }

  public func step(_ x: Tensor, state: inout AnyMixerState, context: inout ForwardContext) -> Tensor {
    stepped(base, x, &state, &context)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { base.visit(&visitor) }
}

/// The state of a mixer of any type.
public struct AnyMixerState: SequenceState {
  /// The state.
  public private(set) var base: any SequenceState

  /// The given state, its type put aside.
  public init(_ base: any SequenceState) { self.base = base }

  public func select(_ rows: [Int]) -> AnyMixerState { AnyMixerState(base.select(rows)) }

  public static func joined(_ states: [AnyMixerState]) -> AnyMixerState {
    require(!states.isEmpty, "joined: no states")
    return join(states[0].base, states)
  }

  public func problem(expecting initial: AnyMixerState) -> String? { fault(initial.base, self) }

  public mutating func visit(_ visitor: inout some TensorVisitor) { base.visit(&visitor) }

  /// The state as what it is.
  fileprivate func typed<State: SequenceState>(_: State.Type) -> State {
    guard let state = base as? State else {
      fatalError("AnyMixer: a state of type \(type(of: base)) for a mixer whose state is \(State.self)")
    }
    return state
  }

  /// Calls `body` with the state as what it is, and as its only owner, so that it can be changed in place.
  fileprivate mutating func with<State: SequenceState>(_ type: State.Type, _ body: (inout State) -> Tensor) -> Tensor {
    var state = typed(type)
    base = Stateless()
    defer { base = state }
    return body(&state)
  }
}

// Functions, because only an argument opens an existential.

private func parallel<M: SequenceMixer>(
  _ mixer: M, _ x: Tensor, _ state: inout AnyMixerState, _ context: inout ForwardContext
) -> Tensor {
  state.with(M.State.self) { mixer(x, state: &$0, context: &context) }
}

private func chunked<M: SequenceMixer>(
  _ mixer: M, _ x: Tensor, _ state: inout AnyMixerState, _ context: inout ForwardContext
) -> Tensor {
  state.with(M.State.self) { mixer.chunk(x, state: &$0, context: &context) }
}

private func stepped<M: SequenceMixer>(
  _ mixer: M, _ x: Tensor, _ state: inout AnyMixerState, _ context: inout ForwardContext
) -> Tensor {
  state.with(M.State.self) { mixer.step(x, state: &$0, context: &context) }
}

private func join<State: SequenceState>(_ first: State, _ states: [AnyMixerState]) -> AnyMixerState {
  AnyMixerState(State.joined(states.map { $0.typed(State.self) }))
}

private func fault<State: SequenceState>(_ initial: State, _ state: AnyMixerState) -> String? {
  state.typed(State.self).problem(expecting: initial)
}
