import Foundation
import GodwitKernels
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite(.serialized) struct ResumeTests {
  private func expectSame(_ run: SmallRun, _ a: String, _ b: String) throws {
    #expect(try run.history(a) == run.history(b))
    for kind in CheckpointKind.allCases {
      #expect(try run.tensors(a, kind) == run.tensors(b, kind))
      let (first, second) = (
        try CheckpointFile<LanguageModeling>(reading: run.checkpoint(a, kind)),
        try CheckpointFile<LanguageModeling>(reading: run.checkpoint(b, kind))
      )
      #expect(first.progress.dataGenerator == second.progress.dataGenerator)
      #expect(first.progress.dropoutGenerator == second.progress.dropoutGenerator)
      #expect(first.progress.best == second.progress.best)
    }
  }

  @Test(arguments: ["linear", "softmax"]) func tenAndTenUpdatesAreTwenty(mixer: String) throws {
    var run = try SmallRun()
    run.model.mixer = mixer
    #expect(try run.train("whole") == .finished)
    #expect(
      try run.train("parts", until: 10)
        == .interrupted(SavedCheckpoint(run: run.path("parts"), step: 10)))
    #expect(try run.history("parts") != run.history("whole"))
    #expect(try run.resume("parts") == .finished)
    try expectSame(run, "whole", "parts")
  }

  /// The last checkpoint is then the best that there is.
  @Test func aRunThatHoldsNothingOutGoesOn() throws {
    var run = try SmallRun()
    run.options.heldOutFraction = 0
    try run.train("whole")
    try run.train("parts", until: 10)
    #expect(try run.resume("parts") == .finished)
    #expect(try run.history("parts") == run.history("whole"))
    #expect(try run.tensors("parts", .last) == run.tensors("whole", .last))
    let loaded = try Run(loading: run.path("parts"))
    #expect(loaded.history.validations.isEmpty && loaded.history.best == nil && loaded.history.unreadableLines == 0)
    #expect(loaded.history.done?.figures == [] && loaded.history.done?.deciding == nil)
    #expect(loaded.available(.best) == .last)
    #expect(try loaded.step() == 20 && loaded.model().parameterCount > 0)
    // One that has a time plans no validations.
    (run.options.steps, run.options.minutes) = (nil, 0.02)
    #expect(try run.train("timed") == .finished)
    #expect(try Run(loading: run.path("timed")).history.done?.figures == [])
  }

  @Test func updatesChangeTheModel() throws {
    let run = try SmallRun()
    try run.train("whole")
    try run.train("part", until: 19)
    #expect(try run.tensors("whole", .last) != run.tensors("part", .last))
  }

  /// In a process of its own, as the number of threads is that of the process.
  @Test func theNumberOfThreadsDoesNotMatter() async {
    await #expect(processExitsWith: .success) { try Self().compareThreads() }
  }

  private func compareThreads() throws {
    let run = try SmallRun()
    Threads.count = 1
    try run.train("one")
    Threads.count = 3
    try run.train("mixed", until: 5)
    Threads.count = 2
    try run.resume("mixed", until: 11)
    Threads.count = 1
    try run.resume("mixed")
    try expectSame(run, "one", "mixed")
  }

  @Test func aRunKilledAtAnyMomentGoesOn() throws {
    let run = try SmallRun()
    let whole = RunFolder(run.path("whole"))
    var moments = 0
    // What is on the disk at each event is what a kill at that moment would leave.
    try Trainer(run.request("whole")).train { event in
      if case .progress = event { return }
      moments += 1
      try? FileManager.default.copyItem(atPath: whole.path, toPath: run.path("killed\(moments)"))
    }
    #expect(moments > 20)
    for moment in 1...moments {
      #expect(try run.resume("killed\(moment)") == .finished)
      try expectSame(run, "whole", "killed\(moment)")
    }
  }

  @Test func aFinishedRunIsLeftAsItIs() throws {
    let run = try SmallRun()
    try run.train("a")
    let (history, tensors) = (try run.history("a"), try run.tensors("a", .last))
    #expect(try run.resume("a") == .finished)
    #expect(try run.history("a") == history)
    #expect(try run.tensors("a", .last) == tensors)
  }

  @Test func minutesBecomeSteps() throws {
    var run = try SmallRun()
    run.options.steps = nil
    run.options.minutes = 0.01
    run.options.evaluationInterval = nil
    try run.train("timed")
    let timed = try Run(loading: run.path("timed"))
    let steps = try #require(timed.configuration.training.steps)
    #expect(steps >= 1)
    #expect(timed.configuration.training.isTimed)
    #expect(timed.history.done?.steps == timed.history.plan.last?.steps ?? steps)
    // Up to the first new plan it is the run of as many steps.
    run.options.steps = steps
    try run.train("counted")
    let counted = try Run(loading: run.path("counted"))
    #expect(!counted.configuration.training.isTimed)
    let same = min(timed.history.plan.first?.step ?? steps, timed.history.done?.steps ?? 0)
    for (a, b) in zip(timed.history.steps, counted.history.steps) where a.step <= same {
      #expect((a.step, a.loss) == (b.step, b.loss))
    }
  }

  @Test func aChangedTextIsRefused() throws {
    var run = try SmallRun()
    run.copiesText = false
    try run.train("a", until: 3)
    var text = SmallRun.words(count: 3000, seed: 1)
    text[1234] ^= 1
    try Data(text).write(to: URL(filePath: run.text))
    let error = #expect(throws: TrainingError.self) { try run.resume("a") }
    guard case .textChanged = error else { return unexpected(error) }
    #expect(GodwitModelsTests.text(of: error).contains("\(run.text) is changed; "))
    #expect(GodwitModelsTests.text(of: error).contains("--resume \(run.path("a")) PATH"))
    text[1234] ^= 1
    // Its name does not matter.
    let moved = run.path("elsewhere/book")
    try run.folder.write("elsewhere/book", text)
    #expect(throws: Never.self) { try Trainer(resuming: run.path("a"), paths: [moved]) }
    try FileManager.default.removeItem(atPath: run.text)
    let missing = #expect(throws: TrainingError.self) { try run.resume("a") }
    guard case .textMissing = missing else { return unexpected(missing) }
    #expect(GodwitModelsTests.text(of: missing).contains("--resume \(run.path("a")) PATH"))
    // Its new place need be said only once.
    try Trainer(resuming: run.path("a"), paths: [moved]).train(until: 5)
    #expect(try run.resume("a") == .finished)
  }

  @Test func whatComesToTheFolderDoesNotMatter() throws {
    var run = try SmallRun()
    run.copiesText = false
    for name in ["b", "c"] { try run.folder.write("text/\(name)", SmallRun.words(count: 1500, seed: 2)) }
    var request = run.request("a")
    request.paths = [run.path("text")]
    try Trainer(request).train(until: 3)
    try run.folder.write("text/a.log", Array("text: 2 files".utf8))
    #expect(throws: Never.self) { try Trainer(resuming: run.path("a")) }
    let error = #expect(throws: TrainingError.self) {
      try Trainer(resuming: run.path("a"), paths: [run.path("text")])
    }
    #expect(GodwitModelsTests.text(of: error).contains("text/a.log is new; "))
    // The list is there for words only: the folder itself is looked at without it.
    try FileManager.default.removeItem(atPath: RunFolder(run.path("a")).text)
    #expect(throws: TrainingError.self) { try Trainer(resuming: run.path("a")) }
    try FileManager.default.removeItem(atPath: run.path("text/a.log"))
    #expect(throws: Never.self) { try Trainer(resuming: run.path("a")) }
  }

  @Test func twoProcessesDoNotTrainTheSameRun() throws {
    let run = try SmallRun()
    try run.train("a", until: 3)
    let first = try Trainer(resuming: run.path("a"))
    let error = #expect(throws: TrainingError.self) { try Trainer(resuming: run.path("a")) }
    guard case .run(.busy) = error else { return unexpected(error) }
    withExtendedLifetime(first) {}
  }

  @Test func aRunIsNotOverwritten() throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    let error = #expect(throws: TrainingError.self) { try run.train("a") }
    guard case .run(.exists) = error else { return unexpected(error) }
  }

  @Test func aRunMadeMeanwhileIsNotOverwritten() throws {
    let run = try SmallRun()
    let late = try Trainer(run.request("a"))
    try run.train("a", until: 5)
    let (history, tensors) = (try run.history("a"), try run.tensors("a", .last))
    let error = #expect(throws: TrainingError.self) { try late.train(until: 1) }
    guard case .run(.exists) = error else { return unexpected(error) }
    #expect(try run.history("a") == history)
    #expect(try run.tensors("a", .last) == tensors)
  }

  @Test(arguments: ["text.jsonl", "text.copy", "metrics.jsonl", "loss.svg", "last.safetensors", "best.safetensors"])
  func filesOfOthersAreNotOverwritten(name: String) throws {
    let run = try SmallRun()
    let path = try run.folder.write("a/\(name)", Array("mine".utf8))
    let error = #expect(throws: TrainingError.self) { try run.train("a", until: 1) }
    guard case .run(.occupied(path)) = error else { return unexpected(error) }
    #expect(try run.folder.bytes("a/\(name)") == Array("mine".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.path("a")) == [name])
  }

  @Test func aBeginningThatWasKilledIsNoRun() throws {
    let run = try SmallRun()
    try run.folder.write("a/metrics.jsonl", [])
    for name in ["text.jsonl", "last.safetensors"] { try run.folder.write("a/\(name)", Array("old".utf8)) }
    #expect(throws: Never.self) { try run.train("a", until: 1) }
    #expect(try Run(loading: run.path("a")).step(of: .last) == 1)
  }

  @Test func aRunTooLargeForTheMachineIsRefused() throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    let path = RunFolder(run.path("a")).configuration
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let large = text.replacing("\"batch\" : 3", with: "\"batch\" : 1048576")
      .replacing("\"context\" : 16", with: "\"context\" : 16777216")
    try Data(large.utf8).write(to: URL(filePath: path))
    let error = #expect(throws: TrainingError.self) { try Trainer(resuming: run.path("a")) }
    guard case .tooMuchMemory = error else { return unexpected(error) }
  }

  @Test(arguments: [
    \TrainingProgress.step, \TrainingProgress.recentCount, \TrainingProgress.sequencesDrawn,
  ]) func aProgressThatCannotBeIsRefused(field: WritableKeyPath<TrainingProgress, Int> & Sendable) throws {
    let run = try SmallRun()
    try run.train("a", until: 2)
    let file = try CheckpointFile<LanguageModeling>(reading: run.checkpoint("a"))
    let model = try file.model(expecting: run.model)
    for value in [Int.min, -1, 21, .max] {
      var checkpoint = Checkpoint<LanguageModeling>(
        model: model, configuration: run.model, progress: file.progress,
        optimizer: try file.optimizer(for: model, run.options))
      checkpoint.progress[keyPath: field] = value
      try checkpoint.write(to: run.checkpoint("a"))
      let error = #expect(throws: TrainingError.self) { try run.resume("a") }
      guard case .run(.unusable(.malformed, _, _)) = error else { return unexpected(error) }
    }
  }
}
