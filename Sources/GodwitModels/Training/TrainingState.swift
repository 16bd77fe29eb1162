import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// A model in training: all that the next step depends on, and nothing else. No files, no clock.
struct TrainingState<Task: TrainingTask>: Sendable {
  var model: Task.Model
  var optimizer: Task.ModelOptimizer
  var progress: TrainingProgress

  /// Before the first step, from random parameters or from given ones.
  init(_ task: Task, _ options: Task.Options, parameters: Task.Model? = nil) throws(TrainingError) {
    var generator = TrainingProgress.initializer(seed: options.training.seed)
    var model = try Task.makeModel(task.model, using: &generator)
    if let parameters { model = model.replacingLeaves(with: parameters.leaves.map(\.leaf)) }
    model.separateStatistics()
    optimizer = Task.makeOptimizer(for: model, options)
    self.model = model
    progress = TrainingProgress(seed: options.training.seed)
  }

  /// As a checkpoint has it.
  init(_ model: Task.Model, _ optimizer: Task.ModelOptimizer, _ progress: TrainingProgress) {
    self.model = model
    self.model.separateStatistics()
    self.optimizer = optimizer
    self.progress = progress
  }

  /// What a step found.
  struct Update {
    /// The mean loss of its passes.
    let loss: Double
    /// The global norm of the mean gradient before clipping.
    let gradientNorm: Double
    /// Whether both were finite; if not, the model was left as it was.
    var isFinite: Bool { loss.isFinite && gradientNorm.isFinite }
  }

  /// Makes one step at a learning rate, on `accumulation` batches of new examples.
  ///
  /// - Parameters:
  ///   - combine: adds the gradients of other workers, if there are any.
  mutating func update(
    _ task: Task, _ options: Task.Options, learningRate: Double,
    combine: (GradientSum<Task.Model>) throws(TrainingError) -> GradientSum<Task.Model>
  ) throws(TrainingError) -> Update {
    let training = options.training
    var accumulator = GradientAccumulator<Task.Model>()
    var loss = 0.0
    for _ in 0..<training.accumulation {
      let batch = try task.batch(options, using: &progress.dataGenerator)
      progress.sequencesDrawn += training.batch
      var context = ForwardContext(isTraining: true, generator: progress.dropoutGenerator)
      let (value, gradient) = valueWithGradient(at: model) { task.loss(of: $0, on: batch, context: &context) }
      progress.dropoutGenerator = context.generator
      model.adoptStatistics(of: &context)
      loss += value.item / Double(training.accumulation)
      accumulator.add(gradient)
    }
    // The accumulator gives its sum away, so that the seam does not make a copy of it.
    let total = try combine(GradientSum(gradient: accumulator.take().sum, loss: loss, passCount: training.accumulation))
    let scale = 1 / Double(total.passCount)
    let norm = globalNorm(total.gradient) * scale
    let update = Update(loss: total.loss, gradientNorm: norm)
    guard update.isFinite else { return update }
    let clipping = training.clip.map { clippingScale(norm: norm, maximumNorm: $0) } ?? 1
    optimizer.update(&model, along: total.gradient, learningRate: learningRate, gradientScale: scale * clipping)
    progress.step += 1
    progress.recentLoss += total.loss
    progress.recentCount += 1
    return update
  }
}
