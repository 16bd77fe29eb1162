import GodwitKernels
import GodwitLayers
import GodwitModels
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct LanguageModelFormsTests {
  static let configurations: [LanguageModelConfiguration] = [
    LanguageModelConfiguration(mixer: "linear", width: 16, depth: 2, heads: 2, context: 40),
    LanguageModelConfiguration(
      mixer: "linear", width: 16, depth: 2, heads: 2, context: 40, feedForward: .swiglu, norm: .rms,
      positions: PositionEncoding.none,
      tiedHead: true, bias: false),
    LanguageModelConfiguration(mixer: "softmax", width: 16, depth: 2, heads: 4, keyHeads: 2, context: 40),
    LanguageModelConfiguration(
      mixer: "softmax", width: 16, depth: 2, heads: 4, context: 40, feedForward: .swiglu, norm: .rms,
      positions: .learned,
      tiedHead: true),
    LanguageModelConfiguration(.transformer, width: 16, depth: 2, heads: 4, context: 40),
    LanguageModelConfiguration(.transformerPlus, width: 16, depth: 2, heads: 4, context: 40),
    LanguageModelConfiguration(.transformerPlusPlus, width: 16, depth: 2, heads: 4, context: 40),
    LanguageModelConfiguration(.flash, width: 16, depth: 1, context: 40),
    LanguageModelConfiguration(mixer: "flash:chunk=8", width: 16, depth: 2, context: 40),
  ]

  static func model(_ configuration: LanguageModelConfiguration, _ dtype: DType = .float32) throws -> LanguageModel {
    var generator = Philox(seed: 1)
    let model = try LanguageModel(configuration, using: &generator)
    // Larger weights than those of a new model, so that every layer matters.
    return model.mapTensors { ($0 * 5).converted(to: dtype) }
  }

  static func text(_ batch: Int, _ length: Int, seed: UInt64 = 2) -> Indices {
    var generator = Philox(seed: seed)
    let bytes = (0..<(batch * length)).map { _ in Int32.random(in: 0..<256, using: &generator) }
    return Indices(bytes, shape: [batch, length])
  }

  @Test(arguments: configurations, DType.allCases)
  func theThreeFormsAgree(configuration: LanguageModelConfiguration, dtype: DType) throws {
    let model = try Self.model(configuration, dtype)
    let tokens = Self.text(2, 33)
    var context = ForwardContext.evaluation
    let want = model(tokens, context: &context)
    #expect(want.shape == [2, 33, 256])
    var final = model.initialState(batch: 2)
    expectClose(model(tokens, state: &final, context: &context), want, "parallel with a state")
    var state = model.initialState(batch: 2)
    var logits: [Tensor] = []
    for position in 0..<33 {
      logits.append(model.step(Self.slice(tokens, position..<(position + 1)).reshaped([2]), state: &state))
    }
    expectClose(stack(logits, along: 1), want, "steps")
    expectSame(state, final)
    state = model.initialState(batch: 2)
    logits = []
    for range in [0..<7, 7..<8, 8..<33] { logits.append(model.chunk(Self.slice(tokens, range), state: &state)) }
    expectClose(concatenate(logits, along: 1), want, "chunks")
    expectSame(state, final)
  }

  private func expectSame(_ got: LanguageModelState, _ want: LanguageModelState) {
    #expect(got.positions == want.positions)
    let sums = want.namedTensors
    for (got, want) in zip(got.namedTensors, sums) {
      // What rounding has taken from a sum counts as much as the sum does.
      let sum = sums.first { $0.name == got.name.replacing("rest.", with: "") }?.tensor ?? want.tensor
      let error = errorRatio(got.tensor, want.tensor, scale: square(sum).sum().scalars[0].squareRoot())
      #expect(error <= Tolerance.value(got.tensor.dtype), "\(got.name): \(error)")
    }
  }

  private static func slice(_ tokens: Indices, _ range: Range<Int>) -> Indices {
    let (batch, length) = (tokens.shape[0], tokens.shape[1])
    var values: [Int32] = []
    for row in 0..<batch {
      values += tokens.values[(row * length + range.lowerBound)..<(row * length + range.upperBound)]
    }
    return Indices(values, shape: [batch, range.count])
  }

  @Test func linearModelsHaveNoLimitAndAConstantState() throws {
    let model = try Self.model(Self.configurations[0])
    var state = model.initialState(batch: 1)
    let size = state.byteCount
    _ = model.chunk(Self.text(1, 100), state: &state)
    #expect(state.byteCount == size)
    #expect(model.configuration.maximumLength == nil)
    #expect(model.step(Indices([7]), state: &state).scalars.allSatisfy { $0.isFinite })
  }

  @Test func beyondLearnedPositionsStops() async {
    await #expect(processExitsWith: .failure) {
      let model = try LanguageModelFormsTests.model(LanguageModelFormsTests.configurations[3])
      var state = model.initialState(batch: 1)
      _ = model.chunk(LanguageModelFormsTests.text(1, 40), state: &state)
      _ = model.step(Indices([7]), state: &state)
    }
  }
}
