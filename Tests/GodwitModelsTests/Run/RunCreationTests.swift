import Foundation
import GodwitRandom
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Runs of models that were trained in memory.
@Suite struct RunCreationTests {
  @Test func aModelBecomesARun() throws {
    let run = try SmallRun()
    var generator = Philox(seed: 9)
    let model = try LanguageModel(run.model, using: &generator)
    try Run.create(at: run.path("a"), model: model, steps: 100, command: "a test")
    let made = try Run(loading: run.path("a"))
    #expect(made.configuration.model == run.model)
    #expect(made.configuration.command == "a test")
    #expect(try made.step() == 100)
    #expect(made.history == RunHistory(LanguageModeling.figures))
    #expect(try made.model().tensors.map(\.floatScalars) == model.tensors.map(\.floatScalars))
    // Another one begins with its weights.
    try Trainer(run.request("b", from: made)).train { _ in }
    #expect(try Run(loading: run.path("b")).configuration.fineTunedFrom == run.path("a"))
  }

  @Test func itCannotGoOnAndIsNotReplaced() throws {
    let run = try SmallRun()
    var generator = Philox(seed: 9)
    let model = try LanguageModel(run.model, using: &generator)
    try Run.create(at: run.path("a"), model: model)
    let error = #expect(throws: TrainingError.self) { try Trainer(resuming: run.path("a")) }
    guard case .noText = error else { return unexpected(error) }
    #expect(text(of: error).contains("--from \(run.path("a"))"))
    let again = #expect(throws: RunError.self) { try Run.create(at: run.path("a"), model: model) }
    guard case .exists = again else { return unexpected(again) }
  }
}
