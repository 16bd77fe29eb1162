import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// The task of solving a problem of memory: only the answers count, not the tokens before them.
public struct TokenRecall: TrainingTask {
  /// `token-recall`.
  public static let name = "token-recall"
  /// `problem`.
  public static let dataField = "problem"
  /// The part of the answers, and of the sequences, that is right.
  public static let figures = TaskFigures(
    loss: TaskFigures.Figure("trainBitsPerAnswer", unit: "bits per answer"),
    heldOut: [
      TaskFigures.Figure("validationAccuracy", name: "accuracy", unit: "part of the answers", isGreaterBetter: true),
      TaskFigures.Figure(
        "validationSequenceAccuracy", name: "accuracy of whole sequences", unit: "part of the sequences",
        isGreaterBetter: true),
    ], rateKey: "tokensPerSecond", unitName: "tokens", heldOutName: "held-out sequences")

  /// The architecture; its context is the length of a sequence.
  public let model: LanguageModelConfiguration
  /// The problem.
  public let data: RecallProblem

  /// The task of solving a problem with a model, whose context becomes the length of the problem's sequences.
  public init(_ problem: RecallProblem, _ model: LanguageModelConfiguration) throws(TrainingError) {
    do throws(TrainingOptionError) { try problem.validate() } catch { throw .option(error) }
    var model = model
    model.context = problem.length
    (self.model, data) = (model, problem)
  }

  /// The task of a run, for a `Trainer` that goes on with it.
  public init(_ run: RunConfiguration<TokenRecall>) throws(TrainingError) { try self.init(run.data, run.model) }

  /// AdamW.
  public static func makeOptimizer(for model: LanguageModel, _ options: RecallTrainingOptions) -> AdamW<LanguageModel> {
    AdamW(
      for: model, AdamWOptions(learningRate: options.training.learningRate, weightDecay: options.weightDecay))
  }

  /// New examples: none is seen twice.
  public func batch(
    _ options: RecallTrainingOptions, using generator: inout Philox
  ) throws(TrainingError) -> RecallExamples {
    data.examples(options.training.batch, using: &generator)
  }

  /// The mean cross-entropy of the answers, in nats.
  public func loss(of model: LanguageModel, on batch: RecallExamples, context: inout ForwardContext) -> Tensor {
    let logits = model.logits(batch.tokens, at: batch.rows, context: &context)
    return crossEntropy(logits, batch.answers.reshaped([batch.answers.count])).mean()
  }

  /// In bits per answer.
  public static func told(_ loss: Double) -> Double { bits(nats: loss) }

  /// The tokens that one pass reads.
  public func unitCount(of options: RecallTrainingOptions) -> Int { options.training.batch * data.length }

  /// The part of the answers and of the sequences that is right, in sequences that training does not see.
  public func evaluate(
    _ model: LanguageModel, _ extent: EvaluationExtent, _ options: RecallTrainingOptions
  ) throws(TrainingError) -> [Double] {
    var evaluator = RecallEvaluator(
      model, data, extent == .final ? .test : .validation, count: Self.exampleCount(extent, data.length))
    while !evaluator.isFinished { evaluator.advance() }
    return [evaluator.score.accuracy, evaluator.score.sequenceAccuracy]
  }

  /// The tokens that are read.
  public func evaluationWork(_ extent: EvaluationExtent, _ options: RecallTrainingOptions) -> Double {
    Double(Self.exampleCount(extent, data.length) * data.length)
  }

  /// The steps that take about ten times as long as a validation: to learn from a sequence is three times the work of
  /// reading it.
  public func leastEvaluationInterval(_ options: RecallTrainingOptions) -> Int {
    let count = Self.exampleCount(.validation, data.length)
    return max(count * 10 / 3 / (options.training.batch * options.training.accumulation), 1)
  }

  private static func exampleCount(_ extent: EvaluationExtent, _ length: Int) -> Int {
    switch extent {
    case .trial: 8
    case .validation: RecallEvaluator.exampleCount(length: length) / 4
    case .final: RecallEvaluator.exampleCount(length: length)
    }
  }
}
