import GodwitRandom

/// Where training stands, beside the model and the optimiser's memory: with these, all that the next step depends on.
struct TrainingProgress: Sendable, Hashable, Codable {
  /// The steps made.
  var step = 0
  /// The steps among them that were skipped, as their loss or gradient was not finite.
  var skippedSteps = 0
  /// How many of these were the last ones; none in a checkpoint.
  var skippedInRow = 0
  /// The learning rates that were chosen as the run was resumed.
  var learningRates: [LearningRateRecord] = []
  /// What was planned after the first number of steps, in a run that has a time.
  var plan: [PlanRecord] = []
  /// The examples drawn from the training data: the position in the endless stream of them.
  var sequencesDrawn = 0
  /// Draws the examples.
  var dataGenerator: Philox
  /// Draws what dropout drops.
  var dropoutGenerator: Philox
  /// The sum of the losses since the last step in the history, as the task computes them, and how many they are.
  var recentLoss = 0.0
  var recentCount = 0
  /// The best validation so far: its deciding figure.
  var best: Double?
  /// The step of the best validation.
  var bestStep: Int?
  /// The time spent on training, in seconds, in a checkpoint of version 0.1: no result depends on it, so later ones leave it to
  /// the history, and equal states give equal files.
  private(set) var elapsedSeconds = 0.0

  /// The best figure has the name that it had when all tasks were language modelling, so that every version reads it.
  private enum CodingKeys: String, CodingKey {
    case step, skippedSteps, learningRates, plan, sequencesDrawn, dataGenerator, dropoutGenerator, recentLoss,
      recentCount
    case best = "bestBitsPerByte"
    case bestStep, elapsedSeconds
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    step = try fields.decode(Int.self, forKey: .step)
    skippedSteps = try fields.decodeIfPresent(Int.self, forKey: .skippedSteps) ?? 0
    learningRates = try fields.decodeIfPresent([LearningRateRecord].self, forKey: .learningRates) ?? []
    plan = try fields.decodeIfPresent([PlanRecord].self, forKey: .plan) ?? []
    sequencesDrawn = try fields.decode(Int.self, forKey: .sequencesDrawn)
    dataGenerator = try fields.decode(Philox.self, forKey: .dataGenerator)
    dropoutGenerator = try fields.decode(Philox.self, forKey: .dropoutGenerator)
    recentLoss = try fields.decode(Double.self, forKey: .recentLoss)
    recentCount = try fields.decode(Int.self, forKey: .recentCount)
    best = try fields.decodeIfPresent(Double.self, forKey: .best)
    bestStep = try fields.decodeIfPresent(Int.self, forKey: .bestStep)
    elapsedSeconds = try fields.decodeIfPresent(Double.self, forKey: .elapsedSeconds) ?? 0
  }

  /// The streams of random numbers that a seed is divided into.
  private enum Stream: UInt64 {
    case initialization, data, dropout, samples
  }

  init(seed: UInt64) {
    dataGenerator = Philox(seed: seed, stream: Stream.data.rawValue)
    dropoutGenerator = Philox(seed: seed, stream: Stream.dropout.rawValue)
  }

  /// Leaves the time to the history.
  mutating func forgetTime() { elapsedSeconds = 0 }

  /// What the parameters are drawn from.
  static func initializer(seed: UInt64) -> Philox { Philox(seed: seed, stream: Stream.initialization.rawValue) }
}
