import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct TokenRecallTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func trainer(_ name: String, _ kind: RecallProblem.Kind, steps: Int = 12) throws -> Trainer<TokenRecall> {
    let items = kind == .inductionHeads ? 1 : 2
    let problem = RecallProblem(kind, length: 12, items: items, vocabulary: 8)
    let task = try TokenRecall(problem, LanguageModelConfiguration(mixer: "linear", width: 16, depth: 1, heads: 2))
    let options = RecallTrainingOptions(
      TrainingOptions(steps: steps, batch: 8, learningRate: 1e-2, seed: 3, evaluationInterval: 5, logInterval: 1))
    return try Trainer(NewRun(task, folder: folder.path(name), options: options))
  }

  private func resumed(_ name: String) throws -> Trainer<TokenRecall> {
    try Trainer(resuming: folder.path(name)) { run, _ throws(TrainingError) in try TokenRecall(run) }
  }

  @Test(arguments: RecallProblem.Kind.allCases) func anInterruptedRunGoesOn(kind: RecallProblem.Kind) throws {
    try trainer("whole", kind).train()
    try trainer("parts", kind).train(until: 7)
    #expect(try resumed("parts").train() == .finished)
    let runs = try ["whole", "parts"].map { try Run(loading: folder.path($0), of: TokenRecall.self) }
    let parameters = try runs.map { try $0.model(.last).namedTensors.map(\.tensor.scalars) }
    #expect(parameters[0] == parameters[1])
    #expect(runs[0].history.validations == runs[1].history.validations && runs[0].history.validations.count == 3)
    #expect(runs[0].configuration.data.kind == kind && runs[0].configuration.model.context == 12)
    #expect(try #require(runs[0].history.done).figures.count == 2)
  }

  /// The answers are learned: the first of the tokens alone is easy to copy.
  @Test func theLossFalls() throws {
    try trainer("run", .copying, steps: 300).train()
    let run = try Run(loading: folder.path("run"), of: TokenRecall.self)
    #expect(try #require(run.history.done?.deciding) > 0.4)
    #expect(run.history.steps.last!.loss < 0.8 * run.history.steps.first!.loss)
  }

  /// Only the answers count: what else is read has no part in the loss.
  @Test func theLossIsThatOfTheAnswers() throws {
    let task = try TokenRecall(
      RecallProblem(.associativeRecall, length: 16, items: 3, vocabulary: 20),
      LanguageModelConfiguration(mixer: "linear", width: 8, depth: 1, heads: 1))
    var generator = Philox(seed: 5)
    let model = try TokenRecall.makeModel(task.model, using: &generator).mapTensors { $0 * 5 }
    let batch = task.data.examples(4, using: &generator)
    var context = ForwardContext.evaluation
    let logits = model(batch.tokens, context: &context)
    var expected = 0.0
    for (index, answer) in batch.answers.values.enumerated() {
      let place = Int(batch.positions.values[index])
      let row = logits.slice((index / 3)..<(index / 3 + 1), along: 0).slice(place..<(place + 1), along: 1)
      expected += crossEntropy(row, Indices([answer], shape: [1, 1])).mean().item / 12
    }
    #expect(abs(task.loss(of: model, on: batch, context: &context).item - expected) < 1e-5)
  }

  @Test func anImpossibleProblemIsRefused() throws {
    let model = LanguageModelConfiguration(mixer: "linear", width: 8, depth: 1, heads: 1)
    #expect(throws: TrainingError.self) { try TokenRecall(RecallProblem(.copying, length: 3), model) }
    // As it may stand in a file that somebody has changed.
    try trainer("run", .copying).train(until: 2)
    let path = folder.path("run/config.json")
    let text = String(decoding: try folder.bytes("run/config.json"), as: UTF8.self)
    try folder.write("run/config.json", Array(text.replacing(#""items" : 2"#, with: #""items" : 200"#).utf8))
    #expect(String(decoding: try folder.bytes("run/config.json"), as: UTF8.self).contains("200"), "\(path)")
    #expect(throws: TrainingError.self) { try resumed("run") }
  }
}
