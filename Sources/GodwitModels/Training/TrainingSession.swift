import GodwitOptimization

/// The course of training: steps, and what is recorded and saved between them.
struct TrainingSession {
  let folder: RunFolder
  let configuration: RunConfiguration
  let text: TrainingText
  let steps: Int
  let rates: LearningRateSchedule
  let metrics: MetricsFile
  let lock: RunLock?
  let stopwatch: Stopwatch
  var state: TrainingState
  var history: RunHistory
  var saved: SavedCheckpoint
  var lastSave = ContinuousClock.now
  /// The time of the steps since the last one in the history, and the bytes that they predicted.
  var recentSeconds = 0.0
  var recentBytes = 0

  var options: TrainingOptions { configuration.training }
  var bytesPerStep: Int { options.batch * options.accumulation * configuration.model.context }

  /// Makes steps until all are made, or until it is told to stop.
  mutating func run(
    shouldStop: () -> Bool, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> Trainer.Outcome {
    report(.started(try start()))
    while state.progress.step < steps {
      if shouldStop() {
        if saved.step != state.progress.step { try save(report) }
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
    guard update.isFinite else {
      throw .notFinite(what: update.loss.isFinite ? "the gradient" : "the loss", step: step, lastGood: saved)
    }
    report(.progress(stepRecord(nats: update.loss)))
    let isLast = step == steps
    if isLast || step.isMultiple(of: options.logInterval ?? 1) { try recordStep(report) }
    let validates = isLast || step.isMultiple(of: options.evaluationInterval ?? steps)
    if validates { try validate(report) }
    if let interval = options.sampleInterval, interval > 0, isLast || step.isMultiple(of: interval) {
      try sample(report)
    }
    // Also now and then in between, so that a killed run loses a minute at most: what is saved when changes no result.
    if validates || ContinuousClock.now - lastSave > .seconds(60) { try save(report) }
  }

  private mutating func makeUpdate(_ report: (TrainingEvent) -> Void) throws(TrainingError) -> TrainingState.Update {
    let begun = ContinuousClock.now
    let before = state.progress
    let update: TrainingState.Update
    do throws(CorpusError) {
      update = try state.update(options, learningRate: rates.rate(at: before.step), text: text.split)
    } catch {
      // Nothing of the step was made but what it drew: the steps before it are not lost.
      state.progress = before
      if saved.step != before.step { try save(report) }
      throw .text(error)
    }
    recentSeconds += (ContinuousClock.now - begun) / .seconds(1)
    recentBytes += bytesPerStep
    return update
  }

  private func stepRecord(nats: Double) -> StepRecord {
    StepRecord(
      step: state.progress.step, trainBitsPerByte: bits(nats: nats),
      tokensPerSecond: recentSeconds > 0 ? Double(recentBytes) / recentSeconds : 0, elapsedSeconds: stopwatch.seconds)
  }

  private mutating func recordStep(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let mean = state.progress.recentLoss / Double(max(state.progress.recentCount, 1))
    try record(.step(stepRecord(nats: mean)), report)
    (state.progress.recentLoss, state.progress.recentCount) = (0, 0)
    (recentSeconds, recentBytes) = (0, 0)
  }

  private mutating func validate(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let step = state.progress.step
    let loss = bits(nats: try self.loss(of: state.model, over: text.evaluation))
    guard loss.isFinite else {
      throw .notFinite(what: "the loss on the held-out text after", step: step, lastGood: saved)
    }
    try record(.validation(ValidationRecord(step: step, validationBitsPerByte: loss)), report)
    if let best = state.progress.bestBitsPerByte, best <= loss { return }
    (state.progress.bestBitsPerByte, state.progress.bestStep) = (loss, step)
    let checkpoint = Checkpoint(model: state.model, progress: state.progress, moments: nil)
    try write(checkpoint, as: .best, report)
  }

  private mutating func sample(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    let sampling = (try? SamplingOptions(temperature: 0.8)) ?? SamplingOptions()
    let generator = TextGenerator(state.model, sampling: sampling, seed: options.seed)
    let text = String(decoding: Array(generator.prefix(options.sampleBytes)), as: UTF8.self)
    try record(.sample(SampleRecord(step: state.progress.step, text: text)), report)
  }

  /// Predicts the held-out text with the best model, or the last one if that is gone, and closes the history.
  private mutating func finish(_ report: (TrainingEvent) -> Void) throws(TrainingError) {
    var model = state.model
    if let best = state.progress.bestStep, best != state.progress.step {
      do throws(RunError) { model = try Run(loading: folder.path).model() } catch { throw .run(error) }
    }
    let loss = try self.loss(of: model, over: text.finalEvaluation(configuration.model, options))
    let done = DoneRecord(
      steps: steps, validationBitsPerByte: bits(nats: loss), parameters: model.parameterCount,
      elapsedSeconds: stopwatch.seconds, peakMemoryBytes: ProcessMemory.peakByteCount, run: folder.path)
    try record(.done(done), report)
  }

  private func loss(of model: LanguageModel, over windows: HeldOutWindows) throws(TrainingError) -> Double {
    do throws(CorpusError) {
      return try windows.loss(of: model)
    } catch { throw .text(error) }
  }
}
