import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

@testable import GodwitBenchmarks

/// A running sum whose steps are wrong if asked.
private struct RunningSum: SequenceMixer {
  var isBroken = false

  static var stateGrows: Bool { false }
  func initialState(batch: Int) -> Tensor { Tensor(zeros: [batch, 8]) }
  func callAsFunction(_ x: Tensor, state: inout Tensor) -> Tensor {
    let y = x.cumulativeSum(along: 1) + state.reshaped([x.shape[0], 1, 8])
    state = state + x.sum(along: 1)
    return y
  }
  func chunk(_ x: Tensor, state: inout Tensor) -> Tensor { self(x, state: &state) }
  func step(_ x: Tensor, state: inout Tensor) -> Tensor {
    state = state + (isBroken ? x * 1.01 : x)
    return state
  }
  mutating func visit(_ visitor: inout some TensorVisitor) {}
}

@Suite struct MixerComparisonTests {
  private func layer(_ name: String, blocks: Bool = false) throws -> ComparedLayer {
    var generator = Philox(seed: 1)
    return try ComparedLayer(MixerKind(named: name), width: 16, heads: 2, blocks: blocks, using: &generator)
  }

  @Test(arguments: [false, true]) func formsThatDifferAreFound(isBroken: Bool) {
    let layer = ComparedLayer("sum", mixer: AnyMixer(RunningSum(isBroken: isBroken)), width: 8)
    var generator = Philox(seed: 1)
    #expect((layer.formsDifference(using: &generator) > ComparedLayer.greatestDifference) == isBroken)
  }

  @Test(arguments: MixerKind.names) func theFormsOfEachMixerAgree(name: String) throws {
    for blocks in [false, true] {
      var generator = Philox(seed: 1)
      #expect(
        try layer(name, blocks: blocks).formsDifference(using: &generator) <= ComparedLayer.greatestDifference)
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
    #expect(MixerComparison.expectedPeak([], at: 8) == 0)
    #expect(MixerComparison.expectedPeak([(8, 100)], at: 16) == 400)
    #expect(abs(MixerComparison.expectedPeak([(8, 100), (16, 200)], at: 32) - 400) <= 1)
    #expect(MixerComparison.expectedPeak([(8, 1 << 60)], at: 1 << 40) > 1 << 61)
  }

  @Test func stoppingKeepsWhatIsKnown() throws {
    let comparison = MixerComparison(layers: [try layer("linear")], lengths: [16, 32], budget: 0.001)
    var measured = 0
    comparison.run(while: measured < 2) { if case .measured = $0 { measured += 1 } }
    #expect(measured == 2)
  }
}
