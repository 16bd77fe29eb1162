import GodwitOptimization

/// How a model is trained on a problem of memory: by AdamW.
public struct RecallTrainingOptions: TaskOptions {
  /// What every trainer reads.
  public var training: TrainingOptions
  /// λ, the rate of decoupled weight decay.
  public var weightDecay: Double

  /// Options that suit a small model, unless told.
  public init(_ training: TrainingOptions = TrainingOptions(steps: 5_000, batch: 32), weightDecay: Double = 0.01) {
    self.training = training
    self.weightDecay = weightDecay
  }

  /// Stops options that cannot be used, whatever a file or a command line gave as their numbers.
  public func validate() throws(TrainingOptionError) {
    try training.validate()
    try TrainingOptionError.checkNotNegative("weightDecay", weightDecay)
  }

  private enum Field: String, CodingKey { case weightDecay }

  /// Reads all options from one object, as they stand in `config.json`.
  public init(from decoder: any Decoder) throws {
    training = try TrainingOptions(from: decoder)
    weightDecay = try decoder.container(keyedBy: Field.self).decode(Double.self, forKey: .weightDecay)
  }

  /// Writes all options into one object.
  public func encode(to encoder: any Encoder) throws {
    try training.encode(to: encoder)
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(weightDecay, forKey: .weightDecay)
  }
}
