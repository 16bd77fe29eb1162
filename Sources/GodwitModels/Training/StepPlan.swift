/// Turns a time into a number of steps, from what a short trial measured.
struct StepPlan {
  /// What one step takes.
  let secondsPerStep: Double
  /// What one validation takes.
  let secondsPerEvaluation: Double

  /// The number of steps that fit, with their validations, into `seconds`; at least 1.
  func steps(within seconds: Double, options: TrainingOptions, leastEvaluationInterval: Int) -> Int {
    guard secondsPerStep > 0 else { return 1 }
    let withTwenty = (seconds - 20 * secondsPerEvaluation) / secondsPerStep
    let least = Double(leastEvaluationInterval)
    if options.evaluationInterval == nil, withTwenty >= 20 * least { return Self.round(withTwenty) }
    let interval = options.evaluationInterval.map(Double.init) ?? least
    return Self.round(seconds / (secondsPerStep + secondsPerEvaluation / interval))
  }

  /// Down to three digits, so that the schedule does not hang on the noise of a clock.
  private static func round(_ steps: Double) -> Int {
    guard steps >= 1 else { return 1 }
    var unit = 1.0
    while steps / unit >= 1000 { unit *= 10 }
    return Int(min((steps / unit).rounded(.down) * unit, 1e12))
  }
}
