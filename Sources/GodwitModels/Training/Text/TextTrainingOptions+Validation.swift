extension TextTrainingOptions {
  /// Stops options that cannot be used, whatever a file or a command line gave as their numbers.
  public func validate() throws(TrainingOptionError) {
    typealias Option = TrainingOptionError
    try training.validate()
    try Option.checkFraction("beta1", beta1)
    try Option.checkFraction("beta2", beta2)
    try Option.checkPositive("epsilon", epsilon)
    try Option.checkNotNegative("weightDecay", weightDecay)
    guard heldOutFraction > 0, heldOutFraction < 1 else {
      throw Option(
        option: "heldOutFraction", found: "\(heldOutFraction)", expected: "more than 0 and less than 1")
    }
    try Option.check("evaluationBytes", evaluationBytes, in: 1...1_000_000_000_000)
    try Option.check("sampleBytes", sampleBytes, in: 1...1_000_000)
  }
}
