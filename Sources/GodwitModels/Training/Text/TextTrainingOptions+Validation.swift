extension TextTrainingOptions {
  /// Stops options that cannot be used, whatever a file or a command line gave as their numbers.
  public func validate() throws(TrainingOptionError) {
    typealias Option = TrainingOptionError
    try training.validate()
    try Option.checkFraction("beta1", beta1)
    try Option.checkFraction("beta2", beta2)
    try Option.checkPositive("epsilon", epsilon)
    try Option.checkNotNegative("weightDecay", weightDecay)
    try Option.checkFraction("heldOutFraction", heldOutFraction)
    try Option.check("evaluationBytes", evaluationBytes, in: 1...1_000_000_000_000)
    try Option.check("sampleBytes", sampleBytes, in: 1...1_000_000)
  }
}
