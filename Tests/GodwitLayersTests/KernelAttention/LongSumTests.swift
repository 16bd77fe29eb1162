import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitLayers

@Suite struct LongSumTests {
  /// 2²⁴ positions: where a float32 sum of ones stands still.
  @Test func sumsDoNotStandStill() {
    var generator = Philox(seed: 3)
    let random = (0..<LongSum.block * 64).map { _ in Float.random(in: 0.1..<2, using: &generator) }
    var sum = LongSum(zeros: [1, 3], dtype: .float32)
    var (exact, single) = ([0.0, 0, 0], [Float](repeating: 0, count: 3))
    for block in 0..<(1 << 24) / LongSum.block {
      var recent = [Float](repeating: 0, count: 3)
      for place in 0..<LongSum.block {
        // Equal addends, whose errors all have one sign; others; and small ones after large ones.
        let addends = [1.2, random[(block % 64) * LongSum.block + place], block < 1000 ? 1000 : 0.01]
        for channel in 0..<3 {
          recent[channel] += addends[channel]
          single[channel] += addends[channel]
          exact[channel] += Double(addends[channel])
        }
      }
      sum.recent = sum.recent + Tensor(recent, shape: [1, 3])
      sum.fold(nil)
    }
    for (got, want) in zip(sum.total().scalars, exact) { #expect(abs(got - want) <= 1e-5 * want) }
    // What this is for: the same sums in float32 alone.
    #expect(zip(single, exact).allSatisfy { abs(Double($0) - $1) > 1e-3 * $1 })
  }

  @Test func sequencesFoldAlone() {
    var sum = LongSum(zeros: [2, 1, 1], dtype: .float32)
    sum.recent = Tensor([5, .nan], shape: [2, 1, 1])
    sum.fold(Tensor([1, 0]))
    #expect(sum.older.scalars == [5, 0])
    #expect(sum.recent.scalars[0] == 0 && sum.recent.scalars[1].isNaN)
    #expect(sum.roundedOlder().scalars == [5, 0])
    sum.recent = Tensor([2, 3], shape: [2, 1, 1])
    sum.fold(Tensor([0, 1]))
    #expect(sum.older.scalars == [5, 3])
    #expect(sum.total().scalars == [7, 3])
  }

  /// A past of 10⁸ positions that is simulated: as so many times the sums in float64 of 384.
  @Test(
    arguments: ["linear", "linear-relu-squared", "linear-cosine", "performer", "linear-identity", "flash:chunk=16"],
    [1, 1 << 18])
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
    let past = Tensor(normal: 0, shape: [1, 384, 8], using: &generator)
    let x = Tensor(normal: 0, shape: [1, 1000, 8], using: &generator)

    var begun = mixer.initialState(batch: 1)
    _ = mixer.chunk(past, state: &begun)
    let start = begun.replacingLeaves(
      with: begun.leaves.map { name, leaf in
        guard case .tensor(let tensor, let role) = leaf, name.contains("older") else { return leaf }
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

  /// How much each sum of a state is more than in another one, in float64.
  private func grown(_ state: some SequenceState, since start: some SequenceState) -> [Tensor] {
    func totals(_ state: some SequenceState) -> [Tensor] {
      let tensors = state.namedTensors
      return tensors.filter { $0.name.contains("older") }.map { older in
        let recent = tensors.first { $0.name == older.name.replacing("older.", with: "") }!
        return older.tensor + recent.tensor.converted(to: .float64)
      }
    }
    return zip(totals(state), totals(start)).map { $0 - $1 }
  }
}
