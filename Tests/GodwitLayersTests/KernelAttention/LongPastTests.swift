import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitLayers

@Suite struct LongPastTests {
  /// A past of 10⁸ positions that is simulated: as so many times the sums of 1,100.
  @Test(
    arguments: ["linear", "linear-relu-squared", "linear-cosine", "performer", "linear-identity", "flash:chunk=16"],
    [1, 1 << 17])
  func aLongPastGoesOnAsInFloat64(name: String, factor: Int) throws {
    let kind = try MixerKind(named: name)
    for rotary in kind.supportsRotary ? [false, true] : [false] {
      try aLongPastGoesOn(kind, MixerOptions(width: 8, heads: 2, rotary: rotary), factor)
    }
  }

  private func aLongPastGoesOn(_ kind: MixerKind, _ options: MixerOptions, _ factor: Int) throws {
    var generator = Philox(seed: 4)
    let mixer = try kind.make(options, using: &generator)
    let exact = mixer.mapTensors { $0.converted(to: .float64) }
    let past = Tensor(normal: 0, shape: [1, 1100, 8], using: &generator)
    let x = Tensor(normal: 0, shape: [1, 1000, 8], using: &generator)

    var begun = mixer.initialState(batch: 1)
    _ = mixer.chunk(past, state: &begun)
    let start = begun.replacingLeaves(
      with: begun.leaves.map { name, leaf in
        guard case .tensor(let tensor, let role) = leaf, isOfASum(name) else { return leaf }
        // A power of two, which is exact.
        return .tensor(tensor * Double(factor), role)
      })
    var exactState = exact.initialState(batch: 1).replacingLeaves(
      with: start.leaves.map { _, leaf in
        guard case .tensor(let tensor, let role) = leaf else { return leaf }
        return .tensor(tensor.converted(to: .float64), role)
      })
    let want = exact.chunk(x.converted(to: .float64), state: &exactState)
    let forms: [(String, Int)] = [("steps", 1), ("chunks of 100", 100), ("one chunk", 1000)]
    for (form, length) in forms {
      var state = start
      let outputs = stride(from: 0, to: 1000, by: length).map { place in
        let part = x.slice(place..<place + length, along: 1)
        if length > 1 { return mixer.chunk(part, state: &state) }
        return mixer.step(part.reshaped([1, 8]), state: &state).reshaped([1, 1, 8])
      }
      let error = errorRatio(concatenate(outputs, along: 1), want)
      #expect(error <= 1e-5, "\(form), rotary \(options.rotary): \(error)")
      // What the 1,000 positions have added, to which the whole past is as good as infinite.
      for (sum, exactSum) in zip(grown(state, since: start), grown(exactState, since: start)) {
        let error = errorRatio(sum, exactSum)
        #expect(error <= 1e-5, "\(form), sum: \(error)")
      }
    }
  }

  private func isOfASum(_ name: String) -> Bool {
    name == "matrix" || name == "sum" || name == "past" || name.contains("rest")
  }

  /// How much each sum of a state is more than in another one, in float64.
  private func grown(_ state: some SequenceState, since start: some SequenceState) -> [Tensor] {
    func totals(_ state: some SequenceState) -> [Tensor] {
      let tensors = state.namedTensors.map { (name: $0.name, tensor: $0.tensor.converted(to: .float64)) }
      return tensors.filter { $0.name.contains("rest") }.map { rest in
        tensors.first { $0.name == rest.name.replacing("rest.", with: "") }!.tensor + rest.tensor
      }
    }
    let grown = zip(totals(state), totals(start)).map { $0 - $1 }
    precondition(!grown.isEmpty)
    return grown
  }
}
