/// Plans the steps of a run so that it ends at a time, and again as it goes: a machine has other work too, and a trial of
/// seconds does not know how fast the next hour will be.
///
/// All that is not a step is counted in steps: validations, samples and savings slow down with them.
struct TimeBudget: Sendable {
  /// What the run may take, in seconds.
  let seconds: Double
  /// What an evaluation, a sample and a saving take, in steps.
  var evaluation: Double
  var sample = 0.0
  var saving = 0.0
  /// How many evaluations the one at the end is.
  let finalEvaluation: Double
  /// The time of one step since the last look, or what is known from before.
  private(set) var secondsPerStep: Double?
  private var lookedAt: Double
  private var measured = (seconds: 0.0, steps: 0)

  init(seconds: Double, now: Double, secondsPerStep: Double?, evaluation: Double, finalEvaluation: Double) {
    self.seconds = seconds
    self.secondsPerStep = secondsPerStep
    self.evaluation = evaluation
    self.finalEvaluation = finalEvaluation
    lookedAt = now
  }

  /// Counts a step.
  mutating func add(stepSeconds: Double) {
    measured.seconds += stepSeconds
    measured.steps += 1
  }

  /// Keeps what something else took, in steps as fast as they are now.
  mutating func measure(_ what: WritableKeyPath<TimeBudget, Double>, seconds: Double) {
    let perStep = measured.steps > 0 ? measured.seconds / Double(measured.steps) : secondsPerStep ?? 0
    if perStep > 0 { self[keyPath: what] = seconds / perStep }
  }

  /// The number of steps of the whole run, if it should be another one than `planned`.
  ///
  /// It looks seldom at first, and more often as the end comes near: each time a tenth of what is left.
  mutating func plan(_ course: StepCourse, after step: Int, now: Double, _ options: TrainingOptions) -> Int? {
    let left = seconds - now
    guard measured.steps > 0, now - lookedAt >= 0.1 * left || left <= 0 else { return nil }
    let perStep = measured.seconds / Double(measured.steps)
    secondsPerStep = perStep
    measured = (0, 0)
    lookedAt = now
    guard perStep > 0 else { return nil }
    // What each step brings with it, and what the last one does.
    var each = 1 + (evaluation + saving) / Double(options.evaluationInterval ?? course.first)
    if let interval = options.sampleInterval, interval > 0 { each += sample / Double(interval) }
    let end = evaluation * (1 + finalEvaluation) + sample + 2 * saving
    let wanted = max((left / perStep - end) / each, 1)
    let before = Double(course.total - step)
    // A few steps more or less are not worth a change.
    guard abs(wanted - before) > max(0.02 * before, 0.5) else { return nil }
    // Half of the way while there is time to go the rest: a moment's load is not what the whole run will have.
    let next = left > 0.1 * seconds ? (wanted + before) / 2 : wanted
    let steps = step + Int(min(max(next.rounded(.down), 1), 1e12))
    return steps == course.total || steps > 1_000_000_000_000 ? nil : steps
  }
}
