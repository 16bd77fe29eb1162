import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// yₜ = scale ⊙ Σ_{s ≤ t} xₛ, and ways to get it wrong.
private struct RunningSum: SequenceMixer {
  enum Fault: String, CaseIterable {
    case none, step, state, count, gradient, future, growth, empty, visit, hidden, rows, position, mask
  }

  var scale = Tensor([1, 2, 3, 4])
  let fault: Fault

  struct State: SequenceState {
    var sum: Tensor
    var extra: [Tensor] = []
    var positions: Positions
    /// What is no leaf.
    var hidden = 0
    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("sum", &sum, .weight)
      visitor.visit("extra", &extra)
      visitor.visit("position", &positions)
    }
  }

  static var stateGrows: Bool { false }

  func initialState(batch: Int) -> State {
    State(sum: Tensor(zeros: [batch, 4], dtype: scale.dtype), positions: Positions(batch: batch))
  }

  func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    if fault == .growth { state.extra.append(x) }
    let start = state.sum.reshaped([x.shape[0], 1, 4])
    var y = start + x.cumulativeSum(along: 1)
    if fault == .mask {
      // Right for all that is finite.
      let length = x.shape[1]
      y = start + matmul(Tensor(lowerTriangle: length, length, dtype: x.dtype), x)
    }
    if fault == .hidden { y = y + Double(state.hidden) * 1e-3 }
    if fault == .position { y = y + Double(state.positions.most) * 1e-3 }
    if fault == .rows { y = y + y.mean(along: 0, keepingAxis: true) * 1e-3 }
    state.sum = state.sum + x.sum(along: 1)
    state.positions.advance(by: x.shape[1])
    state.hidden += x.shape[1]
    if fault == .future { y = y + x.mean(along: 1, keepingAxis: true) * 1e-3 }
    return y * scale
  }

  func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let y = self(x, state: &state, context: &context)
    if fault == .state { state.sum = state.sum * 1.001 }
    if fault == .count { state.extra = [x] }
    if fault == .empty { state.sum = state.sum + 1e-9 }
    return y
  }

  func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    state.positions.advance(by: 1)
    state.sum = state.sum + (fault == .step ? x * 1.001 : x)
    return (fault == .gradient ? state.sum.detached : state.sum) * scale
  }

  mutating func visit(_ visitor: inout some TensorVisitor) {
    if fault != .visit { visitor.visit("scale", &scale, .scale) }
  }
}

struct BrokenMixerTests {
  private func violations(_ fault: RunningSum.Fault) -> [String] {
    MixerSuite(RunningSum(fault: fault), width: 4).violations()
  }

  @Test func theRightOnePasses() { #expect(violations(.none) == []) }

  @Test(arguments: [
    (RunningSum.Fault.step, "steps, T = 33", "output"), (.state, "chunks of 5, T = 100", "final state sum"),
    (.gradient, "steps, T = 7", "gradient of the input"), (.gradient, "steps, T = 7", "gradient of the initial state"),
    (.future, "parallel", "outputs before position 1 change"),
    (.growth, "stateGrows is false", "after 100"), (.count, "chunks of 5, T = 7", "final state has 2 tensors, not 1"),
    (.empty, "without positions", "the state changes"),
    (.hidden, "goes on differently", "not complete"), (.rows, "joined, row 1 of a chunk of 9", "another output"),
    (.mask, "all positions at once, T = 33, float32: nan as input 1", "reaches what does not depend on it"),
    (.mask, "one chunk, T = 33, float64: inf as gradient of output 16", "reaches what the output does not depend on"),
    (.position, "joined, row 0 of a chunk of 1", "another output"), (.visit, "visit does not reach", "scale"),
  ]) fileprivate func eachFaultIsFound(fault: RunningSum.Fault, place: String, what: String) {
    let found = violations(fault)
    #expect(found.contains { $0.contains(place) && $0.contains(what) }, "\(fault): \(found)")
  }
}
