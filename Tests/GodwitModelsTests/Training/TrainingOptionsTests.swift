import Foundation
import GodwitOptimization
import Testing

@testable import GodwitModels

@Suite struct TrainingOptionsTests {
  @Test func everyChoiceIsWrittenDown() throws {
    let options = TextTrainingOptions(batch: 16).resolved(forSteps: 4000, context: 256)
    let text = RunFolder.json(options)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let own = Set(Mirror(reflecting: options).children.compactMap(\.label)).subtracting(["training"])
    #expect(Set(object.keys) == own.union(Mirror(reflecting: options.training).children.compactMap(\.label)))
    #expect(options.finalLearningRate == 1e-4)
    #expect(options.warmupSteps == 100)
    #expect(options.evaluationInterval == 200)
    #expect(options.sampleInterval == 1000)
    #expect(options.logInterval == 4)
    #expect(try JSONDecoder().decode(TextTrainingOptions.self, from: Data(text.utf8)) == options)
  }

  @Test func whatIsDecidedStays() {
    let options = TextTrainingOptions(
      finalLearningRate: 0, warmupSteps: 7, evaluationInterval: 9, sampleInterval: 0, logInterval: 3)
    let resolved = options.resolved(forSteps: 4000, context: 256)
    #expect(resolved.finalLearningRate == 0)
    #expect(resolved.warmupSteps == 7)
    #expect(resolved.evaluationInterval == 9)
    #expect(resolved.sampleInterval == 0)
    #expect(resolved.logInterval == 3)
  }

  @Test(arguments: [1, 2, 19]) func shortRunsHaveUsableIntervals(steps: Int) throws {
    let options = TextTrainingOptions(batch: 16).resolved(forSteps: steps, context: 256)
    try options.validate()
    #expect(options.warmupSteps == 0)
    // A validation of 32 KiB takes as long as 2.7 updates of 4 KiB.
    #expect(options.evaluationInterval == 26)
  }

  @Test func ratesFollowTheSchedule() {
    let rates = TextTrainingOptions(learningRate: 1e-3, warmupSteps: 100).resolved(forSteps: 2000, context: 256)
      .training.learningRates
    #expect(rates == LearningRateSchedule(.cosine, peak: 1e-3, floor: 1e-4, warmupSteps: 100, totalSteps: 2000))
  }

  private static let spoilt: [(String, @Sendable (inout TextTrainingOptions) -> Void)] = [
    ("steps", { $0.steps = 0 }), ("minutes", { $0.minutes = .nan }), ("minutes", { $0.minutes = 0 }),
    ("batch", { $0.batch = 0 }), ("accumulation", { $0.accumulation = -1 }),
    ("learningRate", { $0.learningRate = .infinity }), ("learningRate", { $0.learningRate = 0 }),
    ("finalLearningRate", { $0.finalLearningRate = -1 }), ("warmupSteps", { $0.warmupSteps = -1 }),
    ("beta1", { $0.beta1 = 1 }), ("beta2", { $0.beta2 = -0.1 }), ("epsilon", { $0.epsilon = 0 }),
    ("weightDecay", { $0.weightDecay = .nan }), ("clip", { $0.clip = 0 }),
    ("heldOutFraction", { $0.heldOutFraction = 1 }), ("heldOutFraction", { $0.heldOutFraction = -0.1 }),
    ("evaluationInterval", { $0.evaluationInterval = 0 }), ("evaluationBytes", { $0.evaluationBytes = 0 }),
    ("sampleInterval", { $0.sampleInterval = -1 }), ("sampleBytes", { $0.sampleBytes = 0 }),
    ("logInterval", { $0.logInterval = 0 }),
  ]

  @Test(arguments: spoilt)
  func impossibleValuesAreNamed(option: String, spoil: @Sendable (inout TextTrainingOptions) -> Void) throws {
    var options = TextTrainingOptions()
    try options.validate()
    spoil(&options)
    let error = #expect(throws: TrainingOptionError.self) { try options.validate() }
    #expect(error?.option == option)
    #expect(error?.description.hasPrefix("\(option) is ") == true)
  }
}
