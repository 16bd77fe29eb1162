import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// yₜ = scale ⊙ Σ_{s ≤ t} xₛ, and ways to get it wrong.
private struct RunningSum: SequenceMixer {
  enum Fault: String, CaseIterable { case none, step, state, count, gradient, future, growth, empty, visit }

  var scale = Tensor([1, 2, 3, 4])
  let fault: Fault

  struct State: Module {
    var sum: Tensor
    var extra: [Tensor] = []
    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("sum", &sum, .weight)
      visitor.visit("extra", &extra)
    }
  }

  static var stateGrows: Bool { false }

  func initialState(batch: Int) -> State { State(sum: Tensor(zeros: [batch, 4], dtype: scale.dtype)) }

  func callAsFunction(_ x: Tensor, state: inout State) -> Tensor {
    if fault == .growth { state.extra.append(x) }
    let start = state.sum.reshaped([x.shape[0], 1, 4])
    var y = start + x.cumulativeSum(along: 1)
    state.sum = state.sum + x.sum(along: 1)
    if fault == .future { y = y + x.mean(along: 1, keepingAxis: true) * 1e-3 }
    return y * scale
  }

  func chunk(_ x: Tensor, state: inout State) -> Tensor {
    let y = self(x, state: &state)
    if fault == .state { state.sum = state.sum * 1.001 }
    if fault == .count { state.extra = [x] }
    if fault == .empty { state.sum = state.sum + 1e-9 }
    return y
  }

  func step(_ x: Tensor, state: inout State) -> Tensor {
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
    (.empty, "without positions", "the state changes"), (.visit, "visit does not reach", "scale"),
  ]) fileprivate func eachFaultIsFound(fault: RunningSum.Fault, place: String, what: String) {
    let found = violations(fault)
    #expect(found.contains { $0.contains(place) && $0.contains(what) }, "\(fault): \(found)")
  }
}
