import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// A model in training: all that the next step depends on, and nothing else. No files, no clock.
struct TrainingState: Sendable {
  var model: LanguageModel
  var optimizer: AdamW<LanguageModel>
  var progress: TrainingProgress

  /// Before the first step, from random parameters or from given ones.
  init(
    _ configuration: LanguageModelConfiguration, _ options: TrainingOptions, parameters: LanguageModel? = nil
  ) throws(ConfigurationError) {
    var generator = TrainingProgress.initializer(seed: options.seed)
    var model = try LanguageModel(configuration, using: &generator)
    if let parameters { model = model.replacingTensors(with: parameters.tensors) }
    optimizer = AdamW(for: model, options.optimizerOptions)
    self.model = model
    progress = TrainingProgress(seed: options.seed)
  }

  /// As a checkpoint has it.
  init(
    _ model: LanguageModel, _ moments: Checkpoint.Moments, _ progress: TrainingProgress, _ options: TrainingOptions
  ) {
    self.model = model
    self.progress = progress
    optimizer = AdamW(for: model, options.optimizerOptions)
    optimizer.first = moments.first
    optimizer.second = moments.second
    optimizer.stepCount = progress.step
  }

  /// With the optimiser's memory, for going on.
  var checkpoint: Checkpoint {
    Checkpoint(
      model: model, progress: progress,
      moments: Checkpoint.Moments(first: optimizer.first, second: optimizer.second))
  }

  /// What a step found.
  struct Update {
    /// The mean loss of its sequences, in nats per byte.
    let loss: Double
    /// The global norm of the mean gradient before clipping.
    let gradientNorm: Double
    /// Whether both were finite; if not, the model was left as it was.
    var isFinite: Bool { loss.isFinite && gradientNorm.isFinite }
  }

  /// Makes one step at a learning rate, on `accumulation` batches of new sequences.
  mutating func update(_ options: TrainingOptions, learningRate: Double, text: TextSplit) throws(CorpusError) -> Update
  {
    var accumulator = GradientAccumulator<LanguageModel>()
    var loss = 0.0
    for _ in 0..<options.accumulation {
      let tokens = try text.batch(
        count: options.batch, length: model.configuration.context, using: &progress.dataGenerator)
      progress.sequencesDrawn += options.batch
      var context = ForwardContext(isTraining: true, generator: progress.dropoutGenerator)
      let (value, gradient) = valueWithGradient(at: model) { $0.loss(tokens, context: &context) }
      progress.dropoutGenerator = context.generator
      loss += value.item / Double(options.accumulation)
      accumulator.add(gradient)
    }
    let (sum, scale) = accumulator.take()
    let norm = globalNorm(sum) * scale
    let update = Update(loss: loss, gradientNorm: norm)
    guard update.isFinite else { return update }
    let clipping = options.clip.map { clippingScale(norm: norm, maximumNorm: $0) } ?? 1
    optimizer.update(&model, along: sum, learningRate: learningRate, gradientScale: scale * clipping)
    progress.step += 1
    progress.recentLoss += loss
    progress.recentCount += 1
    return update
  }
}
