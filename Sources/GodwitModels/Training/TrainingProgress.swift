import GodwitRandom

/// Where training stands, beside the model and the optimiser's moments: with these, all that the next step depends on.
struct TrainingProgress: Sendable, Hashable, Codable {
  /// The steps made.
  var step = 0
  /// The sequences drawn from the training text: the position in the endless stream of them.
  var sequencesDrawn = 0
  /// Draws the sequences.
  var dataGenerator: Philox
  /// Draws what dropout drops.
  var dropoutGenerator: Philox
  /// The sum of the losses since the last step in the history, in nats per byte, and how many they are.
  var recentLoss = 0.0
  var recentCount = 0
  /// The best validation so far, in bits per byte.
  var bestBitsPerByte: Double?
  /// The step of the best validation.
  var bestStep: Int?
  /// The time spent on training, in seconds; no result depends on it.
  var elapsedSeconds = 0.0

  /// The streams of random numbers that a seed is divided into.
  private enum Stream: UInt64 {
    case initialization, data, dropout, samples
  }

  init(seed: UInt64) {
    dataGenerator = Philox(seed: seed, stream: Stream.data.rawValue)
    dropoutGenerator = Philox(seed: seed, stream: Stream.dropout.rawValue)
  }

  /// What the parameters are drawn from.
  static func initializer(seed: UInt64) -> Philox { Philox(seed: seed, stream: Stream.initialization.rawValue) }
}
