/// A few steps that are thrown away again, to learn how long one takes.
///
/// Thrown away, so that a run of so many minutes begins as one of as many steps.
enum StepTrial {
  /// Measures on a state that is not used for anything else; nil if it was told to stop.
  ///
  /// It takes about a twentieth of the time that the run has, but two steps at least.
  static func plan<Task: TrainingTask>(
    consuming state: consuming TrainingState<Task>, _ task: Task, _ options: Task.Options,
    clock: Stopwatch.Clock, combine: (GradientSum<Task.Model>) throws(TrainingError) -> GradientSum<Task.Model>,
    shouldStop: () -> Bool
  ) throws(TrainingError) -> StepPlan? {
    let start = clock()
    let budget = min(max(options.training.minutes * 60 / 20, 0.2), 10)
    var times: [Double] = []
    while times.count < 2 || (times.count < 50 && clock() - start < budget) {
      if shouldStop() { return nil }
      let begun = clock()
      // A small rate, as no schedule is known yet: how long a step takes does not depend on it.
      _ = try state.update(task, options, learningRate: 1e-6, combine: combine)
      times.append(clock() - begun)
    }
    // The first one also waited for memory and for threads to start.
    let steady = times.dropFirst().sorted()
    let begun = clock()
    _ = try task.evaluate(state.model, .trial, options)
    let seconds = clock() - begun
    let work = task.evaluationWork(.trial, options)
    return StepPlan(
      secondsPerStep: steady[steady.count / 2],
      secondsPerEvaluation: work > 0 ? seconds * task.evaluationWork(.validation, options) / work : 0)
  }
}
