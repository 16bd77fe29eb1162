import Testing

@testable import GodwitModels

@Suite struct StepPlanTests {
  private let plan = StepPlan(secondsPerStep: 0.05, secondsPerEvaluation: 0.5)

  @Test(arguments: [(180, 3400), (60, 1000), (2, 28), (0.01, 1), (-5, 1), (1e30, 1_000_000_000_000)])
  func stepsFitTheTime(seconds: Double, steps: Int) {
    #expect(plan.steps(within: seconds, options: TrainingOptions(batch: 16), leastEvaluationInterval: 26) == steps)
  }

  @Test func frequentValidationsCostSteps() {
    #expect(
      plan.steps(within: 60, options: TrainingOptions(batch: 16, evaluationInterval: 10), leastEvaluationInterval: 26)
        == 600)
  }

  @Test func stepsAreRoundedDownToThreeDigits() {
    let plan = StepPlan(secondsPerStep: 0.001, secondsPerEvaluation: 0)
    #expect(plan.steps(within: 12.3456, options: TrainingOptions(batch: 16), leastEvaluationInterval: 26) == 12300)
    #expect(plan.steps(within: 0.9876, options: TrainingOptions(batch: 16), leastEvaluationInterval: 26) == 987)
  }
}
