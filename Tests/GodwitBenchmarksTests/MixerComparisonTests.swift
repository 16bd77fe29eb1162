import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

@testable import GodwitBenchmarks

/// A running sum, one form of which is wrong if asked.
private struct RunningSum: SequenceMixer {
  enum Fault { case none, steps, chunkOfNaN }
  var fault = Fault.none

  struct State: SequenceState {
    var sum: Tensor
    mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("sum", &sum) }
  }

  static var stateGrows: Bool { false }
  func initialState(batch: Int) -> State { State(sum: Tensor(zeros: [batch, 8])) }
  func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let y = x.cumulativeSum(along: 1) + state.sum.reshaped([x.shape[0], 1, 8])
    state.sum = state.sum + x.sum(along: 1)
    return y
  }
  func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let y = self(x, state: &state, context: &context)
    return fault == .chunkOfNaN ? y * .nan : y
  }
  func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    state.sum = state.sum + (fault == .steps ? x * 1.01 : x)
    return state.sum
  }
  mutating func visit(_ visitor: inout some TensorVisitor) {}
}

@Suite struct MixerComparisonTests {
  private func layer(_ name: String, blocks: Bool = false) throws -> ComparedLayer {
    var generator = Philox(seed: 1)
    return try ComparedLayer(MixerKind(named: name), width: 16, heads: 2, blocks: blocks, using: &generator)
  }

  private func difference(_ fault: RunningSum.Fault) throws(FormsDiffer) -> Double {
    var generator = Philox(seed: 1)
    return try ComparedLayer("sum", mixer: AnyMixer(RunningSum(fault: fault)), width: 8)
      .checkForms(using: &generator)
  }

  @Test func formsThatDifferAreFound() throws {
    #expect(try difference(.none) <= ComparedLayer.greatestDifference)
    let steps = try #require(throws: FormsDiffer.self) { try difference(.steps) }
    #expect(abs(steps.difference - 0.01) < 1e-4)
    #expect(steps.description.hasPrefix("the forms of the mixer sum differ by 0.0100 of the output; expected at most"))
    let chunks = try #require(throws: FormsDiffer.self) { try difference(.chunkOfNaN) }
    #expect(chunks.difference.isNaN && chunks.description.contains("differ by nan"))
  }

  @Test(arguments: MixerKind.names) func theFormsOfEachMixerAgree(name: String) throws {
    for blocks in [false, true] {
      var generator = Philox(seed: 1)
      #expect(try layer(name, blocks: blocks).checkForms(using: &generator) <= ComparedLayer.greatestDifference)
    }
  }

  /// A gated unit does the work of a feed-forward layer: two of them stand against a mixer and a feed-forward layer.
  @Test func blocksHaveAboutEqualParameters() throws {
    var generator = Philox(seed: 1)
    let sizes = try ["softmax", "flash:keyWidth=16"].map {
      try ComparedLayer(MixerKind(named: $0), width: 128, heads: 4, blocks: true, using: &generator).parameterCount
    }
    #expect(abs(Double(sizes[1]) / Double(sizes[0]) - 1) < 0.05, "\(sizes)")
  }

  @Test func everythingIsMeasured() throws {
    let comparison = MixerComparison(
      layers: [try layer("softmax"), try layer("linear")], lengths: [16, 32], budget: 0.001)
    var measured: [ComparisonMeasurement] = []
    var last = 0
    comparison.run { event in
      if case .measured(let measurement) = event { measured.append(measurement) }
      if case .progress(let done, let count, _) = event {
        #expect(count == 12)
        last = done
      }
    }
    #expect(last == 12 && measured.count == 12)
    #expect(measured.allSatisfy { $0.medianSeconds > 0 && $0.repetitions >= 3 })
    #expect(measured.allSatisfy { ($0.stateByteCount != 0) == ($0.mode == .decode) })
    #expect(MixerComparison.exponents(measured).count == 6)
  }

  @Test func whatWouldNotFitIsLeftOut() throws {
    let comparison = MixerComparison(
      layers: [try layer("linear")], lengths: [16, 64], modes: [.forward], budget: 0.001, memoryLimit: -1)
    var lengths: [Int] = []
    var skipped: [Int] = []
    comparison.run { event in
      if case .measured(let measurement) = event { lengths.append(measurement.length) }
      if case .skipped(_, let length, _, _) = event { skipped.append(length) }
    }
    #expect(lengths == [] && skipped == [16, 64])
  }

  @Test func nothingIsTriedThatWouldNotFit() throws {
    // Tensors of 2⁵² bytes: to allocate them would end the process.
    let comparison = MixerComparison(
      layers: [try layer("softmax"), try layer("linear")], lengths: [1 << 24], batch: 1 << 22, budget: 0.001)
    var skipped: [Int] = []
    comparison.run { event in
      if case .skipped(_, _, _, let byteCount) = event { skipped.append(byteCount) }
      if case .measured(let measurement) = event { Issue.record("\(measurement)") }
    }
    #expect(skipped.count == 6 && skipped.allSatisfy { $0 >= 1 << 52 })
  }

  @Test func memoryIsForeseenByItsGrowth() throws {
    var forecast = MemoryForecast()
    #expect(forecast.byteCount(at: 8) == 0)
    forecast.add(100, at: 8)
    #expect(forecast.byteCount(at: 16) == 400)
    forecast.add(200, at: 16)
    #expect(abs(forecast.byteCount(at: 32) - 400) <= 1)
    forecast.add(300, at: 16)  // in place of the 200
    #expect(abs(forecast.byteCount(at: 32) - 900) <= 1)
    forecast.add(1 << 60, at: 32)
    #expect(forecast.byteCount(at: 1 << 40) > 1 << 61)
  }

  @Test func tooManyParametersAreRefused() throws {
    var generator = Philox(seed: 1)
    let kind = try MixerKind(named: "linear")
    #expect(ComparedLayer.approximateByteCount(kind, width: 1024, blocks: false) == 16_777_216)
    for (name, blocks) in [("softmax", false), ("flash", false), ("softmax", true), ("flash:keyWidth=64", true)] {
      let kind = try MixerKind(named: name)
      let layer = try ComparedLayer(kind, width: 512, heads: 4, blocks: blocks, using: &generator)
      let ratio =
        Double(4 * layer.parameterCount) / ComparedLayer.approximateByteCount(kind, width: 512, blocks: blocks)
      #expect((0.8...1.2).contains(ratio), "\(name), \(blocks): \(ratio)")
    }
  }

  @Test func stoppingKeepsWhatIsKnown() throws {
    let comparison = MixerComparison(layers: [try layer("linear")], lengths: [16, 32], budget: 0.001)
    var measured = 0
    comparison.run(while: measured < 2) { if case .measured = $0 { measured += 1 } }
    #expect(measured == 2)
  }
}
