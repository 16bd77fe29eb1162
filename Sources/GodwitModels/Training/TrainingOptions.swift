import GodwitOptimization

/// How a model is trained, whatever its task.
///
/// Everything that the result depends on is here, in the task's own options, in the architecture and in the data; what is
/// nil is chosen to suit, and `resolved(forSteps:)` writes the choice down, so that a run can be repeated and resumed exactly.
public struct TrainingOptions: Sendable, Hashable, Codable {
  /// The number of steps; if nil, as many as `minutes` allow.
  public var steps: Int?
  /// The time that training may take, in minutes; a short trial on this machine turns it into `steps`, and a run that is timed
  /// plans their number again as it goes.
  public var minutes: Double
  /// Whether the steps were planned from `minutes`, as they are in a run that was given none.
  public var isTimed = false
  /// B, the examples of one pass.
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
  /// The greatest global norm of the gradient that is used as it is; no limit if nil.
  public var clip: Double?
  /// Where the random numbers of the initialisation, the batches, the dropout and the samples start.
  public var seed: UInt64
  /// The steps from one validation to the next; if nil, a twentieth of all, or as many as take ten times as long.
  public var evaluationInterval: Int?
  /// The steps from one sample of what the model makes to the next; a quarter of all if nil, no samples if 0.
  public var sampleInterval: Int?
  /// The steps from one line of the history to the next; a thousandth of all if nil.
  public var logInterval: Int?

  /// Options that suit a small model, unless told.
  public init(
    steps: Int? = nil, minutes: Double = 3, batch: Int = 4, accumulation: Int = 1, learningRate: Double = 1e-3,
    finalLearningRate: Double? = nil, schedule: LearningRateSchedule.Decay = .cosine, warmupSteps: Int? = nil,
    clip: Double? = 1, seed: UInt64 = 0, evaluationInterval: Int? = nil, sampleInterval: Int? = nil,
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
    self.clip = clip
    self.seed = seed
    self.evaluationInterval = evaluationInterval
    self.sampleInterval = sampleInterval
    self.logInterval = logInterval
  }

  /// Reads the options by name.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    steps = try fields.decodeIfPresent(Int.self, forKey: .steps)
    minutes = try fields.decode(Double.self, forKey: .minutes)
    // Version 0.1 did not plan again.
    isTimed = try fields.decodeIfPresent(Bool.self, forKey: .isTimed) ?? false
    batch = try fields.decode(Int.self, forKey: .batch)
    accumulation = try fields.decode(Int.self, forKey: .accumulation)
    learningRate = try fields.decode(Double.self, forKey: .learningRate)
    finalLearningRate = try fields.decodeIfPresent(Double.self, forKey: .finalLearningRate)
    schedule = try fields.decode(LearningRateSchedule.Decay.self, forKey: .schedule)
    warmupSteps = try fields.decodeIfPresent(Int.self, forKey: .warmupSteps)
    clip = try fields.decodeIfPresent(Double.self, forKey: .clip)
    seed = try fields.decode(UInt64.self, forKey: .seed)
    evaluationInterval = try fields.decodeIfPresent(Int.self, forKey: .evaluationInterval)
    sampleInterval = try fields.decodeIfPresent(Int.self, forKey: .sampleInterval)
    logInterval = try fields.decodeIfPresent(Int.self, forKey: .logInterval)
  }

  /// The same options with every choice made, for a run of so many steps.
  ///
  /// - Parameters:
  ///   - leastEvaluationInterval: the steps after which a validation may come again without taking much of the time.
  public func resolved(forSteps steps: Int, leastEvaluationInterval: Int) -> TrainingOptions {
    var options = self
    options.steps = steps
    options.finalLearningRate = finalLearningRate ?? learningRate / 10
    options.warmupSteps = warmupSteps ?? min(100, steps / 20)
    options.evaluationInterval = evaluationInterval ?? max(steps / 20, leastEvaluationInterval)
    options.sampleInterval = sampleInterval ?? max(steps / 4, 1)
    options.logInterval = logInterval ?? max(steps / 1000, 1)
    return options
  }

  /// The learning rate of each step, if every choice is made.
  var learningRates: LearningRateSchedule {
    LearningRateSchedule(
      schedule, peak: learningRate, floor: finalLearningRate ?? 0, warmupSteps: warmupSteps ?? 0,
      totalSteps: steps ?? 1)
  }
}
