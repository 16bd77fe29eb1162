import GodwitOptimization

extension TrainingSession {
  /// A new run: decides what is not decided, and makes the folder. Nil if it was told to stop before there was one.
  init?(_ run: NewRun<Task>, _ combine: @escaping Combine, shouldStop: () -> Bool) throws(TrainingError) {
    stopwatch = Stopwatch()
    task = run.task
    self.combine = combine
    let parameters = try run.startingParameters()
    var options = run.options
    if options.training.steps == nil {
      let trial = try TrainingState(task, options, parameters: parameters)
      let plan = try StepTrial.plan(
        consuming: trial, task, options, combine: { sum throws(TrainingError) in try Self.combined(sum, combine) },
        shouldStop: shouldStop)
      guard let plan else { return nil }
      options.training.steps = plan.steps(
        within: options.training.minutes * 60 - stopwatch.seconds, options: options.training,
        leastEvaluationInterval: task.leastEvaluationInterval(options))
    }
    steps = options.training.steps ?? 1
    options.training = options.training.resolved(
      forSteps: steps, leastEvaluationInterval: task.leastEvaluationInterval(options))
    rates = options.training.learningRates
    configuration = RunConfiguration(
      command: run.command, model: task.model, training: options, data: task.data, fineTunedFrom: run.origin)
    folder = RunFolder(run.folder)
    state = try TrainingState(task, options, parameters: parameters)
    history = RunHistory(Task.figures)
    do throws(RunError) {
      try folder.create()
      lock = try RunLock(folder)
      // Again, as another process may have begun and ended here since it was asked first.
      try folder.requireFree()
      metrics = try MetricsFile(creating: folder.metrics)
      try task.writeData(to: folder)
      try Self.checkpoint(of: state, configuration).write(to: folder.checkpoint(.last))
      // Last, as a folder that has it is a complete run.
      try configuration.write(to: folder)
    } catch { throw .run(error) }
    saved = SavedCheckpoint(run: folder.path, step: 0)
    newLearningRate = nil
  }

  /// A run that goes on from its last checkpoint; its data are known to be those that it began with.
  init(
    resuming configuration: RunConfiguration<Task>, in folder: RunFolder, _ task: Task, learningRate: Double?,
    _ combine: @escaping Combine
  ) throws(TrainingError) {
    do throws(RunError) {
      state = try Run(loading: folder.path, of: Task.self).read(.last) { file throws(RunError) in
        let model = try file.model(expecting: configuration.model)
        let optimizer = try file.optimizer(for: model, configuration.training)
        return TrainingState(model, optimizer, try file.progress(of: configuration))
      }
      metrics = try MetricsFile(resuming: folder.metrics, at: state.progress.step)
      history = try Run(loading: folder.path, of: Task.self).history
      // Where the data have moved, the run finds them there the next time.
      try task.writeData(to: folder)
    } catch { throw .run(error) }
    self.configuration = configuration
    self.folder = folder
    self.task = task
    self.combine = combine
    lock = nil
    let current = state.progress.learningRates.last?.learningRate ?? configuration.training.training.learningRate
    newLearningRate = learningRate == current ? nil : learningRate
    steps = configuration.training.training.steps ?? 1
    rates = configuration.training.training.learningRates
    stopwatch = Stopwatch(before: max(history.steps.last?.elapsedSeconds ?? 0, state.progress.elapsedSeconds))
    state.progress.forgetTime()
    saved = SavedCheckpoint(run: folder.path, step: state.progress.step)
  }

  /// What there is to know at the start.
  var start: TrainingStart {
    TrainingStart(
      step: state.progress.step, steps: steps, unitsPerStep: unitsPerStep, parameters: state.model.parameterCount,
      folder: folder.path)
  }
}
