/// A few steps that are thrown away again, to learn how long one takes.
///
/// Thrown away, so that a run of so many minutes is the same as one of as many steps.
enum StepTrial {
  /// Measures on a state that is not used for anything else; nil if it was told to stop.
  ///
  /// It takes about a twentieth of the time that the run has, but two steps at least.
  static func plan(
    consuming state: consuming TrainingState, _ options: TrainingOptions, _ text: TrainingText, shouldStop: () -> Bool
  ) throws(CorpusError) -> StepPlan? {
    let clock = ContinuousClock()
    let start = clock.now
    let budget = min(max(options.minutes * 60 / 20, 0.2), 10)
    var times: [Double] = []
    while times.count < 2 || (times.count < 50 && (clock.now - start) / .seconds(1) < budget) {
      if shouldStop() { return nil }
      let begun = clock.now
      // A small rate, as no schedule is known yet: how long a step takes does not depend on it.
      _ = try state.update(options, learningRate: 1e-6, text: text.split)
      times.append((clock.now - begun) / .seconds(1))
    }
    // The first one also waited for memory and for threads to start.
    let steady = times.dropFirst().sorted()
    let begun = clock.now
    let evaluation = text.evaluation
    let part = HeldOutWindows(
      of: text.split, length: evaluation.length, limit: min(evaluation.byteCount, 4096))
    _ = try part.loss(of: state.model)
    let seconds = (clock.now - begun) / .seconds(1)
    return StepPlan(
      secondsPerStep: steady[steady.count / 2],
      secondsPerEvaluation: seconds * Double(evaluation.byteCount) / Double(part.byteCount))
  }
}
