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
  /// Where the loss or the gradient is not finite, the step counts and the model stays as it was.
  ///
  /// - Parameters:
  ///   - combine: adds the gradients of other workers, if there are any.
  /// - Throws: when there is no batch; the model is then as it was.
  mutating func update(
    _ task: Task, _ options: Task.Options, learningRate: Double,
    combine: (GradientSum<Task.Model>) throws(TrainingError) -> GradientSum<Task.Model>
  ) throws(TrainingError) -> Update {
    let statistics = statistics
    let total: GradientSum<Task.Model>
    do throws(TrainingError) { total = try combine(try passes(task, options)) } catch {
      restore(statistics)
      throw error
    }
    // What other workers have seen counts in the statistics too.
    if total.passCount != options.training.accumulation { restore(total.statistics) }
    let scale = 1 / Double(total.passCount)
    let norm = globalNorm(total.gradient) * scale
    let update = Update(loss: total.loss, gradientNorm: norm)
    progress.step += 1
    guard update.isFinite else {
      restore(statistics)
      progress.skippedSteps += 1
      progress.skippedInRow += 1
      return update
    }
    progress.skippedInRow = 0
    let clipping = options.training.clip.map { clippingScale(norm: norm, maximumNorm: $0) } ?? 1
    optimizer.update(&model, along: total.gradient, learningRate: learningRate, gradientScale: scale * clipping)
    progress.recentLoss += total.loss
    progress.recentCount += 1
    return update
  }

  /// The gradients of a step's passes.
  private mutating func passes(_ task: Task, _ options: Task.Options) throws(TrainingError) -> GradientSum<Task.Model> {
    let count = options.training.accumulation
    var accumulator = GradientAccumulator<Task.Model>()
    var loss = 0.0
    for _ in 0..<count {
      let batch = try task.batch(options, using: &progress.dataGenerator)
      progress.sequencesDrawn += options.training.batch
      var context = ForwardContext(isTraining: true, generator: progress.dropoutGenerator)
      let (value, gradient) = valueWithGradient(at: model) { task.loss(of: $0, on: batch, context: &context) }
      progress.dropoutGenerator = context.generator
      model.adoptStatistics(of: &context)
      loss += value.item / Double(count)
      accumulator.add(gradient)
    }
    return GradientSum(
      gradient: accumulator.take().sum, loss: loss, statistics: statistics, passCount: count)
  }

  /// The running means and the like, which a pass changes before it is known whether its gradient is finite.
  private var statistics: [Tensor] { model.namedTensors.filter { $0.role == .statistic }.map(\.tensor) }

  private mutating func restore(_ statistics: [Tensor]) {
    if statistics.isEmpty { return }
    var kept = statistics[...]
    model = model.replacingTensors(
      with: model.namedTensors.map { $0.role == .statistic ? kept.removeFirst() : $0.tensor })
  }
}
