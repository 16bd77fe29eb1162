extension Run {
  /// Makes a run of a model that was trained elsewhere, such as in memory: a folder that is read as every run is, and from
  /// whose weights a new one can begin. It cannot be resumed, as it has no optimiser.
  ///
  /// - Parameters:
  ///   - path: the folder to make; there must be no run in it.
  ///   - steps: how many the model has had.
  ///   - data: what it has learned from.
  ///   - command: what made it, for the record.
  public static func create(
    at path: String, model: Task.Model, configuration: Task.ModelConfiguration, options: Task.Options,
    data: Task.DataFingerprint, steps: Int = 0, command: String = ""
  ) throws(RunError) -> Run {
    let folder = RunFolder(path)
    var options = options
    options.training = options.training.resolved(forSteps: max(steps, 1), leastEvaluationInterval: 1)
    var progress = TrainingProgress(seed: options.training.seed)
    progress.step = max(steps, 0)
    progress.sequencesDrawn = progress.step &* options.training.batch &* options.training.accumulation
    try folder.create()
    let lock = try RunLock(folder)
    try folder.requireFree()
    _ = try MetricsFile(creating: folder.metrics)
    let checkpoint = Checkpoint<Task>(
      model: model, configuration: configuration, progress: progress, optimizer: nil)
    try checkpoint.write(to: folder.checkpoint(.best))
    // Last, as a folder that has it is a complete run.
    try RunConfiguration<Task>(command: command, model: configuration, training: options, data: data).write(to: folder)
    withExtendedLifetime(lock) {}
    return try Run(loading: path, of: Task.self)
  }
}

extension Run where Task == LanguageModeling {
  /// Makes a run of a language model that was trained elsewhere, such as in memory: a folder for `godwit generate`, `evaluate`,
  /// `info` and `train --from`.
  ///
  /// - Parameters:
  ///   - path: the folder to make; there must be no run in it.
  ///   - steps: how many the model has had.
  ///   - command: what made it, for the record.
  @discardableResult
  public static func create(
    at path: String, model: LanguageModel, steps: Int = 0, command: String = ""
  ) throws(RunError) -> Run {
    try create(
      at: path, model: model, configuration: model.configuration, options: TextTrainingOptions(), data: .none,
      steps: steps,
      command: command)
  }
}
