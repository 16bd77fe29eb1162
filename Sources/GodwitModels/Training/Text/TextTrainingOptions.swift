import GodwitOptimization

/// How a language model is trained on text: the options of every training, which are also reached by their own names, and
/// those of this task.
@dynamicMemberLookup
public struct TextTrainingOptions: TaskOptions {
  /// What every trainer reads.
  public var training: TrainingOptions
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
  /// The part of the text, at its end, that is never trained on; with 0 there is no validation, and the last model counts as the
  /// best.
  public var heldOutFraction: Double
  /// The most bytes of the held-out text that one validation predicts.
  public var evaluationBytes: Int
  /// The length of a sample, in bytes.
  public var sampleBytes: Int

  /// Options that suit a small model, unless told.
  public init(
    steps: Int? = nil, minutes: Double = 3, batch: Int = 4, accumulation: Int = 1, learningRate: Double = 1e-3,
    finalLearningRate: Double? = nil, schedule: LearningRateSchedule.Decay = .cosine, warmupSteps: Int? = nil,
    beta1: Double = 0.9, beta2: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0.1,
    decayConvention: DecayConvention = .pytorch, clip: Double? = 1, seed: UInt64 = 0, heldOutFraction: Double = 0.1,
    evaluationInterval: Int? = nil, evaluationBytes: Int = 32_768, sampleInterval: Int? = nil, sampleBytes: Int = 200,
    logInterval: Int? = nil
  ) {
    training = TrainingOptions(
      steps: steps, minutes: minutes, batch: batch, accumulation: accumulation, learningRate: learningRate,
      finalLearningRate: finalLearningRate, schedule: schedule, warmupSteps: warmupSteps, clip: clip, seed: seed,
      evaluationInterval: evaluationInterval, sampleInterval: sampleInterval, logInterval: logInterval)
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decayConvention = decayConvention
    self.heldOutFraction = heldOutFraction
    self.evaluationBytes = evaluationBytes
    self.sampleBytes = sampleBytes
  }

  /// An option of every training, by its name.
  public subscript<Value>(dynamicMember option: WritableKeyPath<TrainingOptions, Value>) -> Value {
    get { training[keyPath: option] }
    set { training[keyPath: option] = newValue }
  }

  /// The same options with every choice made, for a run of so many steps on sequences of `context` bytes.
  public func resolved(forSteps steps: Int, context: Int) -> TextTrainingOptions {
    var options = self
    options.training = training.resolved(
      forSteps: steps, leastEvaluationInterval: leastEvaluationInterval(context: context))
    return options
  }

  /// The steps that take about ten times as long as a validation: to learn from a byte is three times the work of
  /// predicting it.
  func leastEvaluationInterval(context: Int) -> Int {
    let bytesPerStep = Double(training.batch) * Double(training.accumulation) * Double(context)
    return max(Int(min(Double(evaluationBytes) / 3 * 10 / bytesPerStep, 1e12)), 1)
  }

  /// The constants of the optimiser.
  public var optimizerOptions: AdamWOptions {
    AdamWOptions(
      learningRate: training.learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      decayConvention: decayConvention)
  }
}

extension TextTrainingOptions: Codable {
  private enum Field: String, CodingKey {
    case beta1, beta2, epsilon, weightDecay, decayConvention, heldOutFraction, evaluationBytes, sampleBytes
  }

  /// Reads all options from one object, as they stand in `config.json`.
  public init(from decoder: any Decoder) throws {
    training = try TrainingOptions(from: decoder)
    let fields = try decoder.container(keyedBy: Field.self)
    beta1 = try fields.decode(Double.self, forKey: .beta1)
    beta2 = try fields.decode(Double.self, forKey: .beta2)
    epsilon = try fields.decode(Double.self, forKey: .epsilon)
    weightDecay = try fields.decode(Double.self, forKey: .weightDecay)
    decayConvention = try fields.decode(DecayConvention.self, forKey: .decayConvention)
    heldOutFraction = try fields.decode(Double.self, forKey: .heldOutFraction)
    evaluationBytes = try fields.decode(Int.self, forKey: .evaluationBytes)
    sampleBytes = try fields.decode(Int.self, forKey: .sampleBytes)
  }

  /// Writes all options into one object.
  public func encode(to encoder: any Encoder) throws {
    try training.encode(to: encoder)
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(beta1, forKey: .beta1)
    try fields.encode(beta2, forKey: .beta2)
    try fields.encode(epsilon, forKey: .epsilon)
    try fields.encode(weightDecay, forKey: .weightDecay)
    try fields.encode(decayConvention, forKey: .decayConvention)
    try fields.encode(heldOutFraction, forKey: .heldOutFraction)
    try fields.encode(evaluationBytes, forKey: .evaluationBytes)
    try fields.encode(sampleBytes, forKey: .sampleBytes)
  }
}
