import GodwitOptimization
import Testing

struct ScheduleTests {
  @Test func warmUpThenCosine() {
    let schedule = LearningRateSchedule(.cosine, peak: 1, floor: 0.1, warmupSteps: 4, totalSteps: 14)
    #expect((0..<4).map(schedule.rate) == [0.25, 0.5, 0.75, 1])
    #expect(schedule.rate(at: 4) == 1)
    #expect(abs(schedule.rate(at: 9) - 0.55) < 1e-15)
    #expect(abs(schedule.rate(at: 14) - 0.1) < 1e-15)
    #expect(abs(schedule.rate(at: 1_000) - 0.1) < 1e-15)
  }

  @Test func linearAndConstant() {
    let linear = LearningRateSchedule(.linear, peak: 2, warmupSteps: 0, totalSteps: 4)
    #expect((0..<6).map(linear.rate) == [2, 1.5, 1, 0.5, 0, 0])
    let constant = LearningRateSchedule(.constant, peak: 2, warmupSteps: 2, totalSteps: 4)
    #expect((0..<6).map(constant.rate) == [1, 2, 2, 2, 2, 2])
  }

  @Test func anyNumbersMakeASchedule() {
    for (warmup, total, step) in [
      (0, 0, 0), (-5, -9, 3), (Int.max, Int.min, Int.max), (10, 10, 10), (Int.min, Int.max, Int.min),
    ] {
      for decay in LearningRateSchedule.Decay.allCases {
        let schedule = LearningRateSchedule(decay, peak: 1, warmupSteps: warmup, totalSteps: total)
        #expect((0...1).contains(schedule.rate(at: step)))
      }
    }
  }
}
