import GodwitRandom

/// Where training stands, beside the model and the optimiser's memory: with these, all that the next step depends on.
struct TrainingProgress: Sendable, Hashable, Codable {
  /// The steps made.
  var step = 0
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
    case step, sequencesDrawn, dataGenerator, dropoutGenerator, recentLoss, recentCount
    case best = "bestBitsPerByte"
    case bestStep, elapsedSeconds
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
