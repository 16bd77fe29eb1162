import GodwitOptimization

extension TrainingSession {
  /// A new run: decides what is not decided, and makes the folder. Nil if it was told to stop before there was one.
  init?(
    _ run: NewRun<Task>, _ combine: @escaping Combine, _ clock: @escaping Stopwatch.Clock,
    shouldStop: () -> Bool
  ) throws(TrainingError) {
    self.clock = clock
    stopwatch = Stopwatch(clock)
    let task = run.task
    self.combine = combine
    let parameters = try run.startingParameters()
    var options = run.options
    if options.training.steps == nil {
      let trial = try TrainingState(task, options, parameters: parameters)
      let plan = try StepTrial.plan(
        consuming: trial, task, options, clock: clock,
        combine: { sum throws(TrainingError) in try Self.combined(sum, combine) },
        shouldStop: shouldStop)
      guard let plan else { return nil }
      options.training.isTimed = true
      options.training.steps = plan.steps(
        within: options.training.minutes * 60 - stopwatch.seconds, options: options.training,
        leastEvaluationInterval: task.leastEvaluationInterval(options))
      budget = Self.budget(
        task, options, now: stopwatch.seconds, secondsPerStep: plan.secondsPerStep,
        evaluation: plan.secondsPerStep > 0 ? plan.secondsPerEvaluation / plan.secondsPerStep : 0)
    }
    options.training = options.training.resolved(
      forSteps: options.training.steps ?? 1, leastEvaluationInterval: task.leastEvaluationInterval(options))
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
    } catch { throw .run(error) }
    self.task = try task.keepingData(in: folder)
    do throws(RunError) {
      try Self.checkpoint(of: state, configuration).write(to: folder.checkpoint(.last))
      // Last, as a folder that has it is a complete run.
      try configuration.write(to: folder)
    } catch { throw .run(error) }
    saved = SavedCheckpoint(run: folder.path, step: 0)
    newLearningRate = nil
    lastSave = clock()
  }

  /// A run that goes on from its last checkpoint; its data are known to be those that it began with.
  init(
    resuming configuration: RunConfiguration<Task>, in folder: RunFolder, _ task: Task, learningRate: Double?,
    _ combine: @escaping Combine, _ clock: @escaping Stopwatch.Clock
  ) throws(TrainingError) {
    do throws(RunError) {
      state = try Run(loading: folder.path, of: Task.self).read(.last) { file throws(RunError) in
        let model = try file.model(expecting: configuration.model)
        let optimizer = try file.optimizer(for: model, configuration.training)
        return TrainingState(model, optimizer, try file.progress(of: configuration))
      }
      if configuration.training.training.isTimed {
        let (step, known) = (state.progress.step, state.progress.plan)
        plannedBefore = try Run(loading: folder.path, of: Task.self).history.plan.filter {
          $0.step >= step && !known.contains($0)
        }
      }
      metrics = try MetricsFile(resuming: folder.metrics, at: state.progress.step)
      history = try Run(loading: folder.path, of: Task.self).history
    } catch { throw .run(error) }
    // Where the data have moved, the run finds them there the next time.
    self.task = try task.keepingData(in: folder)
    self.clock = clock
    lastSave = clock()
    self.configuration = configuration
    self.folder = folder
    self.combine = combine
    lock = nil
    let current = state.progress.learningRates.last?.learningRate ?? configuration.training.training.learningRate
    newLearningRate = learningRate == current ? nil : learningRate
    rates = configuration.training.training.learningRates
    stopwatch = Stopwatch(
      clock, before: max(history.steps.last?.elapsedSeconds ?? 0, state.progress.elapsedSeconds))
    state.progress.forgetTime()
    if configuration.training.training.isTimed {
      budget = Self.budget(
        task, configuration.training, now: stopwatch.seconds, secondsPerStep: nil,
        evaluation: Double(task.leastEvaluationInterval(configuration.training)) / 10)
      // What a file says must be possible with what stands in the checkpoint.
      var planned = StepCourse(first: configuration.training.training.steps ?? 1, changes: state.progress.plan)
      planned.changes += plannedBefore
      if !planned.isPossible { plannedBefore = [] }
      // It was planned after the checkpoint was saved, and before the next step.
      if plannedBefore.first?.step == state.progress.step { state.progress.plan.append(plannedBefore.removeFirst()) }
    }
    saved = SavedCheckpoint(run: folder.path, step: state.progress.step)
  }

  private static func budget(
    _ task: Task, _ options: Task.Options, now: Double, secondsPerStep: Double?, evaluation: Double
  ) -> TimeBudget {
    let work = task.evaluationWork(.validation, options)
    return TimeBudget(
      seconds: options.training.minutes * 60, now: now, secondsPerStep: secondsPerStep,
      evaluation: work > 0 ? evaluation : 0,
      finalEvaluation: work > 0 ? task.evaluationWork(.final, options) / work : 0)
  }

  /// What there is to know at the start.
  var start: TrainingStart {
    TrainingStart(
      step: state.progress.step, steps: steps, isTimed: configuration.training.training.isTimed,
      unitsPerStep: unitsPerStep, parameters: state.model.parameterCount,
      folder: folder.path)
  }
}
