import GodwitKernels
import GodwitOptimization

/// The course of training: steps, and what is recorded and saved between them.
struct TrainingSession<Task: TrainingTask> {
  typealias Combine = @Sendable (GradientSum<Task.Model>) throws -> GradientSum<Task.Model>

  let folder: RunFolder
  let configuration: RunConfiguration<Task>
  let task: Task
  let combine: Combine
  let rates: LearningRateSchedule
  let metrics: MetricsFile
  let lock: RunLock?
  let clock: Stopwatch.Clock
  let stopwatch: Stopwatch
  /// The time of a run that has one.
  var budget: TimeBudget?
  /// What a process that was killed had planned after the last checkpoint: the steps that are made again follow it.
  var plannedBefore: [PlanRecord] = []
  var state: TrainingState<Task>
  var history: RunHistory
  var saved: SavedCheckpoint
  /// The learning rate that the run is to go on with, if it is another one.
  let newLearningRate: Double?
  var isSaveDue = false
  var lastSave: Double
  /// The time of the steps since the last one in the history, and how much they learned from.
  var recentSeconds = 0.0
  var recentUnits = 0

  var options: Task.Options { configuration.training }
  var training: TrainingOptions { configuration.training.training }
  /// The steps of the run, as planned so far.
  var course: StepCourse { StepCourse(first: training.steps ?? 1, changes: state.progress.plan) }
  var steps: Int { course.total }
  var unitsPerStep: Int { task.unitCount(of: options) * training.accumulation }

  /// How many steps may be skipped one after another before it is clear that no later one will be better.
  private static var mostSkippedInRow: Int { 10 }

  /// Makes steps until all are made, or until it is told to stop.
  mutating func run(
    shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> Trainer<Task>.Outcome {
    report(.started(start))
    if let rate = newLearningRate, state.progress.step < steps { try changeLearningRate(to: rate, report) }
    while state.progress.step < steps {
      if shouldStop() {
        if saved.step != state.progress.step, state.progress.skippedInRow == 0 { try save(report) }
        return .interrupted(saved)
      }
      try advance(report)
    }
    try finish(report)
    return .finished
  }

  /// Makes one step, and then whatever is due after it.
  private mutating func advance(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let step = state.progress.step + 1
    let update = try makeUpdate(report)
    if update.isFinite { report(.progress(stepRecord(loss: update.loss))) } else { try skip(update, report) }
    let isLast = step == steps
    if isLast || step.isMultiple(of: training.logInterval ?? 1) { try recordStep(report) }
    let validates = isLast || step.isMultiple(of: training.evaluationInterval ?? steps)
    if validates { try validate(report) }
    if let interval = training.sampleInterval, interval > 0, isLast || step.isMultiple(of: interval) {
      try sample(report)
    }
    // Also now and then in between, so that a killed run loses a minute at most: what is saved when changes no result.
    isSaveDue = isSaveDue || validates || clock() - lastSave > 60
    // What skipped steps leave may be what spoils them: the last good checkpoint stays until a step succeeds.
    if isLast || isSaveDue && state.progress.skippedInRow == 0 { try save(report) }
    if !isLast { try planAgain(report) }
  }

  /// In a run that has a time: changes the number of steps where that keeps it.
  private mutating func planAgain(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let step = state.progress.step
    var next: PlanRecord?
    if let known = plannedBefore.first {
      guard known.step == step else { return }
      next = plannedBefore.removeFirst()
    } else {
      let (course, now, training) = (course, stopwatch.seconds, training)
      next = budget?.plan(course, after: step, now: now, training).map { PlanRecord(step: step, steps: $0) }
    }
    guard let next else { return }
    state.progress.plan.append(next)
    try record(.planned(next), report)
    // On the disk before a step follows it, so that a killed run makes the same steps again.
    do throws(FileError) { try metrics.synchronize() } catch { throw .notSaved(.file(error), lastGood: saved) }
  }

  /// Tells of a step that changed nothing, and ends the run if there is no hope.
  private mutating func skip(
    _ update: TrainingState<Task>.Update, _ report: (TrainingEvent) -> Void
  ) throws(TrainingError) {
    let what = update.loss.isFinite ? "gradient" : "loss"
    try record(.skipped(SkippedRecord(step: state.progress.step, notFinite: what)), report)
    guard state.progress.skippedInRow < Self.mostSkippedInRow else {
      throw .skippedInRow(Self.mostSkippedInRow, what: what, step: state.progress.step, lastGood: saved)
    }
  }

  /// Scales the schedule from here on, and saves that at once.
  private mutating func changeLearningRate(
    to rate: Double, _ report: (TrainingEvent) -> Void
  ) throws(TrainingError) {
    let change = LearningRateRecord(step: state.progress.step, learningRate: rate)
    state.progress.learningRates.append(change)
    try record(.learningRate(change), report)
    try save(report)
  }

  /// The learning rate of the next step.
  private var learningRate: Double {
    let rate = rates.rate(at: course.position(of: state.progress.step))
    guard let chosen = state.progress.learningRates.last else { return rate }
    return rate * (chosen.learningRate / training.learningRate)
  }

  private mutating func makeUpdate(
    _ report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> TrainingState<Task>.Update {
    let begun = clock()
    let before = state.progress
    let combine = combine
    let update: TrainingState<Task>.Update
    do throws(TrainingError) {
      update = try state.update(task, options, learningRate: learningRate) {
        sum throws(TrainingError) in try Self.combined(sum, combine)
      }
    } catch {
      // Nothing of the step was made but what it drew: the steps before it are not lost.
      state.progress = before
      if saved.step != before.step { try save(report) }
      throw error
    }
    let seconds = clock() - begun
    recentSeconds += seconds
    budget?.add(stepSeconds: seconds)
    recentUnits += unitsPerStep
    return update
  }

  static func combined(
    _ sum: GradientSum<Task.Model>, _ combine: Combine
  ) throws(TrainingError) -> GradientSum<Task.Model> {
    do { return try combine(sum) } catch let error as TrainingError { throw error } catch { throw .task(error) }
  }

  private func stepRecord(loss: Double) -> StepRecord {
    StepRecord(
      step: state.progress.step, loss: Task.told(loss),
      unitsPerSecond: recentSeconds > 0 ? Double(recentUnits) / recentSeconds : 0, elapsedSeconds: stopwatch.seconds)
  }

  private mutating func recordStep(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    // Every step since the last line may have been skipped.
    guard state.progress.recentCount > 0 else { return }
    let mean = state.progress.recentLoss / Double(state.progress.recentCount)
    try record(.step(stepRecord(loss: mean)), report)
    (state.progress.recentLoss, state.progress.recentCount) = (0, 0)
    (recentSeconds, recentUnits) = (0, 0)
  }

  private mutating func validate(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let step = state.progress.step
    let begun = clock()
    let figures = try evaluate(state.model, .validation)
    if figures.isEmpty { return }
    let found = ValidationRecord(step: step, figures: figures)
    let seconds = clock() - begun
    budget?.measure(\.evaluation, seconds: seconds)
    guard found.deciding.isFinite else {
      throw .notFinite(
        what: "the \(Task.figures.deciding.name) on the \(Task.figures.heldOutName)", step: step,
        lastGood: saved)
    }
    try record(.validation(found), report)
    if let best = state.progress.best, !Task.figures.deciding.isBetter(found.deciding, than: best) { return }
    (state.progress.best, state.progress.bestStep) = (found.deciding, step)
    let checkpoint = Checkpoint<Task>(
      model: state.model, configuration: configuration.model, progress: state.progress, optimizer: nil)
    try write(checkpoint, as: .best, report)
  }

  private mutating func sample(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let begun = clock()
    guard let text = try task.sample(from: state.model, options) else { return }
    let seconds = clock() - begun
    budget?.measure(\.sample, seconds: seconds)
    try record(.sample(SampleRecord(step: state.progress.step, text: text)), report)
  }

  /// Predicts the held-out data with the best model, or the last one if that is gone, and closes the history.
  private mutating func finish(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    var model = state.model
    if let best = state.progress.bestStep, best != state.progress.step {
      do throws(RunError) { model = try Run(loading: folder.path, of: Task.self).model() } catch { throw .run(error) }
    }
    let figures = try evaluate(model, .final)
    let done = DoneRecord(
      steps: steps, figures: figures, parameters: model.parameterCount, elapsedSeconds: stopwatch.seconds,
      peakMemoryBytes: ProcessMemory.peakByteCount, run: folder.path)
    try record(.done(done), report)
  }

  private func evaluate(_ model: Task.Model, _ extent: EvaluationExtent) throws(TrainingError) -> [Double] {
    let figures = try task.evaluate(model, extent, options)
    require(
      figures.isEmpty || figures.count == Task.figures.heldOut.count,
      "\(Task.name): \(figures.count) figures on the held-out data; \(Task.figures.heldOut.count) have names")
    return figures
  }
}
