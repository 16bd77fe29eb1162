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

  public func callAsFunction(_ x: Tensor) -> Tensor { base(x) }

  public func callAsFunction(_ x: Tensor, state: inout AnyMixerState) -> Tensor { parallel(base, x, &state) }

  public func chunk(_ x: Tensor, state: inout AnyMixerState) -> Tensor { chunked(base, x, &state) }

  public func step(_ x: Tensor, state: inout AnyMixerState) -> Tensor { stepped(base, x, &state) }

  public mutating func visit(_ visitor: inout some TensorVisitor) { base.visit(&visitor) }
}

/// The state of a mixer of any type.
public struct AnyMixerState: Module {
  /// The state.
  public private(set) var base: any Module

  /// The given state, its type put aside.
  public init(_ base: some Module) { self.base = base }

  public mutating func visit(_ visitor: inout some TensorVisitor) { base.visit(&visitor) }

  /// Calls `body` with the state as what it is, and as its only owner, so that it can be changed in place.
  fileprivate mutating func with<State: Module>(_: State.Type, _ body: (inout State) -> Tensor) -> Tensor {
    guard var state = base as? State else {
      fatalError("AnyMixer: a state of type \(type(of: base)) for a mixer whose state is \(State.self)")
    }
    base = Empty()
    defer { base = state }
    return body(&state)
  }
}

// Functions, because only an argument opens an existential.

private func parallel<M: SequenceMixer>(_ mixer: M, _ x: Tensor, _ state: inout AnyMixerState) -> Tensor {
  state.with(M.State.self) { mixer(x, state: &$0) }
}

private func chunked<M: SequenceMixer>(_ mixer: M, _ x: Tensor, _ state: inout AnyMixerState) -> Tensor {
  state.with(M.State.self) { mixer.chunk(x, state: &$0) }
}

private func stepped<M: SequenceMixer>(_ mixer: M, _ x: Tensor, _ state: inout AnyMixerState) -> Tensor {
  state.with(M.State.self) { mixer.step(x, state: &$0) }
}
