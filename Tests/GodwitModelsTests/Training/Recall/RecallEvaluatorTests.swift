import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct RecallEvaluatorTests {
  private func model(_ mixer: String) throws -> LanguageModel {
    var generator = Philox(seed: 1)
    let model = try LanguageModel(
      LanguageModelConfiguration(mixer: mixer, width: 16, depth: 2, heads: 2), using: &generator)
    // Larger weights than those of a new model, so that its answers differ from place to place; not what fades, which would
    // forget all.
    let larger = model.namedTensors.map { $0.role == .weight || $0.role == .embedding ? $0.tensor * 5 : $0.tensor }
    return model.replacingTensors(with: larger)
  }

  @Test(arguments: ["softmax", "mamba", "retnet"]) func someRowsAreThoseOfAll(mixer: String) throws {
    let model = try model(mixer)
    let tokens = Indices((0..<66).map { Int32($0 * 37 % 256) }, shape: [2, 33])
    let rows = Indices([65, 0, 32, 33, 32])
    var context = ForwardContext.evaluation
    let all = model(tokens, context: &context).reshaped([66, 256])
    expectClose(model.logits(tokens, at: rows, context: &context), all.gather(rows), "of whole texts")
    var state = model.initialState(batch: 2)
    expectClose(model.chunk(tokens, at: rows, state: &state), all.gather(rows), "of a chunk")
    var other = model.initialState(batch: 2)
    _ = model.chunk(tokens, state: &other)
    #expect(state == other)
    #expect(model.chunk(tokens, at: Indices([]), state: &state).shape == [0, 256])
  }

  @Test(arguments: ["softmax", "mamba", "rwkv4"]) func piecesGiveTheAnswersOfWholeSequences(mixer: String) throws {
    let model = try model(mixer)
    // Three pieces, with answers due in the first and in the last of them.
    let problem = RecallProblem(.associativeRecall, length: 4_100, items: 100)
    var generator = Philox(seed: 4)
    try expectWhole(model, problem.examples(2, using: &generator), different: 6)
    // Any tokens, with answers due in every piece, at both ends of each too.
    let length = 4_100
    let positions = ([0, 2_047, 2_048, 4_095, 4_096, length - 1] + stride(from: 100, to: length, by: 173)).sorted()
    try expectWhole(
      model,
      RecallExamples(
        tokens: Indices((0..<2 * length).map { _ in Int32(generator.number(below: 256)) }, shape: [2, length]),
        positions: Indices((positions + positions).map(Int32.init), shape: [2, positions.count]),
        answers: Indices([Int32](repeating: 0, count: 2 * positions.count), shape: [2, positions.count])),
      different: 20)
  }

  private func expectWhole(_ model: LanguageModel, _ examples: RecallExamples, different: Int) throws {
    var context = ForwardContext.evaluation
    let logits = model.logits(examples.tokens, at: examples.rows, context: &context)
    let found = RecallEvaluator.answers(of: model, to: examples)
    #expect(
      found.count == examples.answers.count && Set(found).count >= different, "\(Set(found).count) answers differ")
    let (all, width) = (logits.scalars, LanguageModelConfiguration.vocabulary)
    for (row, token) in found.enumerated() {
      let values = Array(all[(row * width)..<((row + 1) * width)])
      // Of two that are as likely to within rounding either may be found.
      #expect(values[Int(token)] > values.max()! - 1e-3)
    }
  }

  /// A model that always says the same is right where that is the answer.
  @Test func theScoreCountsWhatIsRight() throws {
    var model = try model("linear")
    let problem = RecallProblem(.copying, length: 9, items: 2, vocabulary: 4)
    var bias = [Double](repeating: 0, count: 256)
    bias[2] = 1e6
    model.head?.bias = Tensor(bias).converted(to: .float32)
    var evaluator = RecallEvaluator(model, problem, .test, count: 1_500)
    var passes = 0
    while !evaluator.isFinished {
      evaluator.advance()
      passes += 1
    }
    #expect(passes > 1)
    var generator = RecallEvaluator.generator(of: .test)
    var (right, whole) = (0, 0)
    for _ in 0..<1_500 {
      let answers = problem.examples(1, using: &generator).answers.values
      right += answers.count { $0 == 2 }
      whole += answers == [2, 2] ? 1 : 0
    }
    #expect(evaluator.score.rightAnswers == right && evaluator.score.rightSequences == whole)
    #expect(evaluator.score.answers == 3_000 && evaluator.score.sequences == 1_500)
    #expect(evaluator.score.accuracy == Double(right) / 3_000)
    #expect(evaluator.score.sequenceAccuracy == Double(whole) / 1_500)
  }

  @Test func notANumberIsNoAnswer() throws {
    let model = try model("linear").mapTensors { $0 * Double.nan }
    var evaluator = RecallEvaluator(model, RecallProblem(.copying, length: 4, items: 1), count: 3)
    evaluator.advance()
    #expect(evaluator.isFinished && evaluator.score.rightAnswers == 0)
  }
}
