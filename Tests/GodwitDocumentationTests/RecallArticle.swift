import Godwit
import GodwitTestSupport
import Testing

/// The snippet of the article on problems of memory.
struct RecallArticle {
  @Test func aProblemIsLearnedAndTested() throws {
    let folder = try TemporaryFolder()
    let problem = RecallProblem(.selectiveCopying, length: 32, items: 4)
    let task = try TokenRecall(problem, LanguageModelConfiguration(mixer: "mamba", width: 32, depth: 2))
    let options = RecallTrainingOptions(TrainingOptions(steps: 20, batch: 8, learningRate: 3e-3))
    let trainer = try Trainer(NewRun(task, folder: folder.path("selective"), options: options))
    try trainer.train { event in if case .validation(let record) = event { print(record.step, record.deciding) } }

    let model = try Run(loading: folder.path("selective"), of: TokenRecall.self).model()
    var evaluator = RecallEvaluator(model, problem.of(length: 100), count: 64)
    while !evaluator.isFinished { evaluator.advance() }
    print(evaluator.score.accuracy, problem.baselineAccuracy)
    #expect(evaluator.score.sequences == 64 && evaluator.score.answers == 256)
  }
}
