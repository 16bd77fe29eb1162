import GodwitOptimization

/// How a language model is trained.
///
/// Everything that the result depends on is here, in the architecture and in the text; what is nil is chosen to suit, and
/// `resolved(forSteps:)` writes the choice down, so that a run can be repeated and resumed exactly.
public struct TrainingOptions: Sendable, Hashable, Codable {
  /// The number of steps; if nil, as many as `minutes` allow.
  public var steps: Int?
  /// The time that training may take, in minutes; a short trial on this machine turns it into `steps`.
  public var minutes: Double
  /// B, the sequences of one pass.
  public var batch: Int
  /// The passes whose gradients make one step together.
  public var accumulation: Int
  /// The greatest learning rate.
  public var learningRate: Double
  /// The learning rate at the end; a tenth of the greatest if nil.
  public var finalLearningRate: Double?
  /// How the learning rate falls.
  public var schedule: LearningRateSchedule.Decay
  /// The steps with a rising learning rate; a twentieth of all, but at most 100, if nil.
  public var warmupSteps: Int?
  /// β₁, how much of the mean of the gradients a step keeps.
  public var beta1: Double
  /// β₂, how much of the mean of their squares a step keeps.
  public var beta2: Double
  /// ε, added to the root of the second moment.
  public var epsilon: Double
  /// λ, the rate of decoupled weight decay.
  public var weightDecay: Double
  /// What λ is a rate of.
  public var decayConvention: DecayConvention
  /// The greatest global norm of the gradient that is used as it is; no limit if nil.
  public var clip: Double?
  /// Where the random numbers of the initialisation, the batches, the dropout and the samples start.
  public var seed: UInt64
  /// The part of the text, at its end, that is never trained on.
  public var heldOutFraction: Double
  /// The steps from one validation to the next; if nil, a twentieth of all, or as many as take ten times as long.
  public var evaluationInterval: Int?
  /// The most bytes of the held-out text that one validation predicts.
  public var evaluationBytes: Int
  /// The steps from one sample of the model's text to the next; a quarter of all if nil, no samples if 0.
  public var sampleInterval: Int?
  /// The length of a sample, in bytes.
  public var sampleBytes: Int
  /// The steps from one line of the history to the next; a thousandth of all if nil.
  public var logInterval: Int?

  /// Options that suit a small model, unless told.
  public init(
    steps: Int? = nil, minutes: Double = 3, batch: Int = 4, accumulation: Int = 1, learningRate: Double = 1e-3,
    finalLearningRate: Double? = nil, schedule: LearningRateSchedule.Decay = .cosine, warmupSteps: Int? = nil,
    beta1: Double = 0.9, beta2: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0.1,
    decayConvention: DecayConvention = .pytorch, clip: Double? = 1, seed: UInt64 = 0, heldOutFraction: Double = 0.1,
    evaluationInterval: Int? = nil, evaluationBytes: Int = 32_768, sampleInterval: Int? = nil, sampleBytes: Int = 200,
    logInterval: Int? = nil
  ) {
    self.steps = steps
    self.minutes = minutes
    self.batch = batch
    self.accumulation = accumulation
    self.learningRate = learningRate
    self.finalLearningRate = finalLearningRate
    self.schedule = schedule
    self.warmupSteps = warmupSteps
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayConvention = decayConvention
    self.clip = clip
    self.seed = seed
    self.heldOutFraction = heldOutFraction
    self.evaluationInterval = evaluationInterval
    self.evaluationBytes = evaluationBytes
    self.sampleInterval = sampleInterval
    self.sampleBytes = sampleBytes
    self.logInterval = logInterval
  }

  /// The same options with every choice made, for a run of so many steps on sequences of `context` bytes.
  public func resolved(forSteps steps: Int, context: Int) -> TrainingOptions {
    var options = self
    options.steps = steps
    options.finalLearningRate = finalLearningRate ?? learningRate / 10
    options.warmupSteps = warmupSteps ?? min(100, steps / 20)
    options.evaluationInterval = evaluationInterval ?? max(steps / 20, leastEvaluationInterval(context: context))
    options.sampleInterval = sampleInterval ?? max(steps / 4, 1)
    options.logInterval = logInterval ?? max(steps / 1000, 1)
    return options
  }

  /// The steps that take about ten times as long as a validation: to learn from a byte is three times the work of
  /// predicting it.
  func leastEvaluationInterval(context: Int) -> Int {
    let bytesPerStep = Double(batch) * Double(accumulation) * Double(context)
    return max(Int(min(Double(evaluationBytes) / 3 * 10 / bytesPerStep, 1e12)), 1)
  }

  /// The learning rate of each step, if every choice is made.
  var learningRates: LearningRateSchedule {
    LearningRateSchedule(
      schedule, peak: learningRate, floor: finalLearningRate ?? 0, warmupSteps: warmupSteps ?? 0,
      totalSteps: steps ?? 1)
  }

  /// The constants of the optimiser.
  public var optimizerOptions: AdamWOptions {
    AdamWOptions(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      decayConvention: decayConvention)
  }
}
