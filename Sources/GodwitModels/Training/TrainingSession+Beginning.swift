import GodwitOptimization

extension TrainingSession {
  /// A new run: decides what is not decided, and makes the folder. Nil if it was told to stop before there was one.
  init?(_ request: TrainingRequest, _ text: TrainingText, shouldStop: () -> Bool) throws(TrainingError) {
    stopwatch = Stopwatch()
    let parameters = try request.parameters()
    var options = request.options
    if options.steps == nil {
      let trial = try Self.state(request, parameters)
      let plan: StepPlan?
      do throws(CorpusError) {
        plan = try StepTrial.plan(consuming: trial, options, text, shouldStop: shouldStop)
      } catch { throw .text(error) }
      guard let plan else { return nil }
      options.steps = plan.steps(
        within: options.minutes * 60 - stopwatch.seconds, options: options, context: request.model.context)
    }
    steps = options.steps ?? 1
    options = options.resolved(forSteps: steps, context: request.model.context)
    rates = options.learningRates
    configuration = RunConfiguration(
      command: request.command, model: request.model, training: options,
      text: TextFingerprint(text.listing, paths: request.paths), fineTunedFrom: request.from?.folder.path)
    self.text = text
    folder = RunFolder(request.folder)
    state = try Self.state(request, parameters)
    history = RunHistory()
    do throws(RunError) {
      try folder.create()
      lock = try RunLock(folder)
      // Again, as another process may have begun and ended here since it was asked first.
      try folder.requireFree()
      metrics = try MetricsFile(creating: folder.metrics)
      try text.listing.write(to: folder)
      try state.checkpoint.write(to: folder.checkpoint(.last))
      // Last, as a folder that has it is a complete run.
      try configuration.write(to: folder)
    } catch { throw .run(error) }
    saved = SavedCheckpoint(run: folder.path, step: 0)
  }

  private static func state(
    _ request: TrainingRequest, _ parameters: LanguageModel?
  ) throws(TrainingError) -> TrainingState {
    do throws(ConfigurationError) {
      return try TrainingState(request.model, request.options, parameters: parameters)
    } catch { throw .configuration(error) }
  }

  /// A run that goes on from its last checkpoint; `text` is known to be the one that it began with.
  init(resuming configuration: RunConfiguration, in folder: RunFolder, _ text: TrainingText) throws(TrainingError) {
    do throws(RunError) {
      state = try Run(loading: folder.path).read(.last) { file throws(RunError) in
        let model = try file.model(expecting: configuration.model)
        return TrainingState(
          model, try file.moments(for: model), try file.progress(of: configuration), configuration.training)
      }
      metrics = try MetricsFile(resuming: folder.metrics, at: state.progress.step)
      history = try Run(loading: folder.path).history
      // Where the text has moved, the run finds it there the next time.
      try text.listing.write(to: folder)
    } catch { throw .run(error) }
    self.configuration = configuration
    self.folder = folder
    self.text = text
    lock = nil
    steps = configuration.training.steps ?? 1
    rates = configuration.training.learningRates
    stopwatch = Stopwatch(before: state.progress.elapsedSeconds)
    saved = SavedCheckpoint(run: folder.path, step: state.progress.step)
  }

  /// What there is to know at the start.
  func start() throws(TrainingError) -> TrainingStart {
    let unigram: Double
    do throws(CorpusError) { unigram = try text.unigramBitsPerByte() } catch { throw .text(error) }
    return TrainingStart(
      step: state.progress.step, steps: steps, bytesPerStep: bytesPerStep, parameters: state.model.parameterCount,
      files: text.corpus.files.count, skipped: text.corpus.skipped, trainingBytes: text.split.training.count,
      heldOutBytes: text.split.validation.count, evaluationBytes: text.evaluation.byteCount,
      unigramBitsPerByte: unigram, folder: folder.path)
  }
}
