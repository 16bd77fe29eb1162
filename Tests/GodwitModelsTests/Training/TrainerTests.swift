import Foundation
import GodwitOptimization
import Testing

@testable import GodwitModels

@Suite struct TrainerTests {
  @Test func eventsComeInOrder() throws {
    let run = try SmallRun()
    var events: [String] = []
    var start: TrainingStart?
    try Trainer(run.request("a")).train { event in
      switch event {
      case .started(let found): start = found
      case .progress, .skipped, .learningRate, .planned: break
      case .step(let record): events.append("step \(record.step)")
      case .validation(let record): events.append("validation \(record.step)")
      case .sample(let record):
        events.append("sample \(record.step)")
        #expect(!record.text.isEmpty)
      case .checkpoint(let step, let path):
        if path.hasSuffix("last.safetensors") { events.append("checkpoint \(step)") }
      case .done(let record): events.append("done \(record.steps)")
      }
    }
    #expect(
      events == [
        "step 3", "validation 4", "checkpoint 4", "step 6", "sample 7", "validation 8", "checkpoint 8", "step 9",
        "step 12", "validation 12", "checkpoint 12", "sample 14", "step 15", "validation 16", "checkpoint 16",
        "step 18",
        "step 20", "validation 20", "sample 20", "checkpoint 20", "done 20",
      ])
    let found = try #require(start)
    #expect(found.unitsPerStep == 96)
    let text = try LanguageModeling(run.request("a")).summary()
    #expect(text.trainingBytes == 2700)
    #expect(text.heldOutBytes == 300)
    #expect(text.evaluationBytes == 96)
    #expect(text.unigramBitsPerByte > 3 && text.unigramBitsPerByte < 4.5)
  }

  @Test func theModelLearns() throws {
    var run = try SmallRun()
    run.options.steps = 150
    run.options.evaluationInterval = 50
    try run.train("a")
    let loaded = try Run(loading: run.path("a"))
    let entropy = ByteFrequencies(SmallRun.words(count: 3000, seed: 1)).entropy
    let done = try #require(loaded.history.done)
    #expect(try #require(done.validationBitsPerByte) < entropy - 0.5)
    #expect(loaded.history.steps.first!.trainBitsPerByte > 5)
    // The run's best model is the one that was judged, in whole windows of the held-out text.
    let split = try TextSplit(TextCorpus(paths: [run.text]), context: 16)
    let windows = HeldOutWindows(of: split, length: 16, limit: .max)
    #expect(windows.byteCount == 288)
    #expect(
      bits(nats: try windows.loss(of: try loaded.model())).isApproximately(try #require(done.validationBitsPerByte)))
    let chart = try String(contentsOfFile: loaded.folder.chart, encoding: .utf8)
    #expect(chart.contains("bits per byte") && chart.contains("a test"))
  }

  @Test func accumulationEqualsALargerBatch() throws {
    var run = try SmallRun()
    run.model.dropout = 0
    run.options.steps = 6
    (run.options.batch, run.options.accumulation) = (6, 1)
    try run.train("batch")
    (run.options.batch, run.options.accumulation) = (2, 3)
    try run.train("accumulated")
    let (a, b) = (try Run(loading: run.path("batch")).history, try Run(loading: run.path("accumulated")).history)
    for (x, y) in zip(a.steps, b.steps) { #expect(abs(x.trainBitsPerByte - y.trainBitsPerByte) < 1e-4) }
    #expect(a.steps.count == b.steps.count)
  }

  @Test func theSeedDecides() throws {
    var run = try SmallRun()
    run.options.steps = 2
    try run.train("a")
    try run.train("b")
    run.options.seed = 12
    try run.train("c")
    #expect(try run.tensors("a", .last) == run.tensors("b", .last))
    #expect(try run.tensors("a", .last) != run.tensors("c", .last))
  }

  @Test func aLossThatIsNotFiniteStopsTheRun() throws {
    var run = try SmallRun()
    run.options.learningRate = 1e30
    run.options.warmupSteps = 10
    run.options.clip = nil
    let error = #expect(throws: TrainingError.self) { try run.train("a") }
    guard case .notFinite(_, _, let lastGood) = error else {
      return unexpected(error)
    }
    #expect(lastGood.path == run.checkpoint("a"))
    #expect("\(error!)".contains(lastGood.path))
    let saved = try CheckpointFile<LanguageModeling>(reading: lastGood.path)
    #expect(saved.progress.step == lastGood.step)
    let model = try saved.model(expecting: run.model)
    #expect(globalNorm(model).isFinite)
  }

  @Test func tuningBeginsWithTheBestWeights() throws {
    var run = try SmallRun()
    try run.train("a")
    let first = try Run(loading: run.path("a"))
    run.options.steps = 1
    run.options.learningRate = 1e-12
    run.options.weightDecay = 0
    run.model.context = 12
    run.model.dropout = 0
    try Trainer(run.request("b", from: first)).train { _ in }
    let tuned = try Run(loading: run.path("b"))
    #expect(tuned.configuration.fineTunedFrom == run.path("a"))
    for (x, y) in zip(try first.model().tensors, try tuned.model(.last).tensors) {
      for (a, b) in zip(x.floatScalars, y.floatScalars) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func tuningKeepsTheArchitecture() throws {
    var run = try SmallRun()
    try run.train("a", until: 1)
    run.model.width = 32
    run.model.mixer = "softmax"
    let error = #expect(throws: TrainingError.self) {
      try Trainer(run.request("b", from: try Run(loading: run.path("a"))))
    }
    guard case .otherArchitecture(_, let differences) = error else {
      return unexpected(error)
    }
    #expect(differences.map(\.field) == ["mixer", "width"])
    #expect("\(error!)".contains("width is 32, not 16"))
  }

  @Test func whatDoesNotFitInMemoryIsRefused() throws {
    var run = try SmallRun()
    run.options.batch = 1_000_000
    run.model.width = 8192
    let error = #expect(throws: TrainingError.self) { try Trainer(run.request("a")) }
    guard case .tooMuchMemory = error else { return unexpected(error) }
  }

  @Test func aTextThatChangesWhileItIsReadIsAnError() throws {
    var run = try SmallRun()
    run.copiesText = false
    let error = #expect(throws: TrainingError.self) {
      try Trainer(run.request("a")).train { event in
        guard case .progress(let record) = event, record.step == 6 else { return }
        try? Data("short".utf8).write(to: URL(filePath: run.text))
      }
    }
    guard case .text(.changed) = error else { return unexpected(error) }
    // The steps before it are saved, and the run goes on from them when the text is back.
    #expect(try CheckpointFile<LanguageModeling>(reading: run.checkpoint("a")).progress.step == 6)
    try Data(SmallRun.words(count: 3000, seed: 1)).write(to: URL(filePath: run.text))
    #expect(try run.resume("a") == .finished)
    try run.train("whole")
    #expect(try run.history("a") == run.history("whole"))
    #expect(try run.tensors("a", .last) == run.tensors("whole", .last))
  }

  @Test func aRunWhoseBestCheckpointIsGoneComesToItsEnd() throws {
    let run = try SmallRun()
    try run.train("a", until: 18)
    let file = try CheckpointFile<LanguageModeling>(reading: run.checkpoint("a"))
    let model = try file.model(expecting: run.model)
    var checkpoint = Checkpoint<LanguageModeling>(
      model: model, configuration: run.model, progress: file.progress,
      optimizer: try file.optimizer(for: model, run.options))
    checkpoint.progress.best = 0
    try checkpoint.write(to: run.checkpoint("a"))
    try FileManager.default.removeItem(atPath: run.checkpoint("a", .best))
    #expect(try run.resume("a") == .finished)
    let history = try Run(loading: run.path("a")).history
    // The last one is judged instead, which is the best one of a run that was left alone.
    try run.train("whole")
    let whole = try Run(loading: run.path("whole")).history
    #expect(whole.best?.step == 20)
    #expect(try #require(history.done).validationBitsPerByte == whole.done?.validationBitsPerByte)
  }

  @Test func stoppingBeforeTheBeginningLeavesNothing() throws {
    var run = try SmallRun()
    run.options.steps = nil
    #expect(try run.train("a", until: 0) == .abandoned)
    #expect(!FileManager.default.fileExists(atPath: run.path("a")))
  }
}

extension Double {
  fileprivate func isApproximately(_ other: Double) -> Bool { abs(self - other) <= 1e-5 * abs(other) }
}
