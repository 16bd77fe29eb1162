import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Steps whose loss or gradient is not a finite number.
@Suite struct SkippedStepTests {
  private let folder: TemporaryFolder
  private var options = TrainingOptions(
    steps: 40, batch: 8, accumulation: 2, learningRate: 0.1, seed: 5, evaluationInterval: 11, sampleInterval: 0,
    logInterval: 4)
  private var task = LineTask()

  init() throws {
    folder = try TemporaryFolder()
    task.spoiltPoint = 150
  }

  @discardableResult
  private func train(
    _ trainer: Trainer<LineTask>, until step: Int = .max
  ) throws(TrainingError) -> Trainer<LineTask>.Outcome {
    var reached = 0
    func shouldStop() -> Bool { reached >= step }
    return try trainer.train(shouldStop: shouldStop) { event in
      if case .progress(let record) = event { reached = record.step }
    }
  }

  private func trainer(_ name: String) throws(TrainingError) -> Trainer<LineTask> {
    try Trainer(NewRun(task, folder: folder.path(name), options: options))
  }

  private func resumed(_ name: String, learningRate: Double? = nil) throws(TrainingError) -> Trainer<LineTask> {
    try Trainer(resuming: folder.path(name), learningRate: learningRate) { _, _ in task }
  }

  private func run(_ name: String) throws -> Run<LineTask> { try Run(loading: folder.path(name), of: LineTask.self) }

  @Test func aSkippedStepChangesNothingButWhatItDrew() throws {
    var task = task
    task.data.noise = .nan
    var state = try TrainingState(task, options)
    let (model, optimizer, progress) = (state.model, state.optimizer, state.progress)
    let update = try state.update(task, options, learningRate: 0.1) { sum throws(TrainingError) in sum }
    #expect(!update.isFinite)
    #expect(state.model.tensors.map(\.item) == model.tensors.map(\.item))
    #expect(state.optimizer.tensors.map(\.scalars) == optimizer.tensors.map(\.scalars))
    #expect(state.optimizer.stepCount == 0)
    #expect((state.progress.step, state.progress.skippedSteps, state.progress.skippedInRow) == (1, 1, 1))
    #expect(state.progress.sequencesDrawn == 16)
    #expect(state.progress.dataGenerator != progress.dataGenerator)
    // One that is finite changes all of it.
    _ = try state.update(LineTask(), options, learningRate: 0.1) { sum throws(TrainingError) in sum }
    #expect(zip(state.model.tensors, model.tensors).allSatisfy { $0.item != $1.item })
    #expect((state.progress.step, state.progress.skippedSteps, state.progress.skippedInRow) == (2, 1, 0))
    #expect(state.optimizer.stepCount == 1)
  }

  @Test func theRunGoesOnWithoutThem() throws {
    #expect(try train(trainer("a")) == .finished)
    let run = try run("a")
    let skipped = run.history.skipped
    #expect((1...5).contains(skipped.count))
    #expect(skipped.allSatisfy { $0.notFinite == "loss" })
    #expect(run.history.done?.steps == 40)
    #expect(try #require(run.history.done).deciding > 0.9)
    #expect(run.history.steps.allSatisfy { $0.loss.isFinite })
    let checkpoint = try CheckpointFile<LineTask>(reading: run.folder.checkpoint(.last))
    #expect(checkpoint.progress.skippedSteps == skipped.count)
    let optimizer = try checkpoint.optimizer(for: try checkpoint.model(expecting: task.model), options)
    #expect(optimizer.stepCount == 40 - skipped.count)
  }

  @Test func aRunKilledAtAnyMomentGoesOn() throws {
    var moments = 0
    try trainer("whole").train { event in
      if case .progress(let record) = event, record.step % 4 != 0 { return }
      moments += 1
      try? FileManager.default.copyItem(atPath: folder.path("whole"), toPath: folder.path("killed\(moments)"))
    }
    let whole = try run("whole")
    #expect(!whole.history.skipped.isEmpty)
    for moment in 1...moments {
      #expect(try train(resumed("killed\(moment)")) == .finished)
      let killed = try run("killed\(moment)")
      #expect(killed.history.skipped == whole.history.skipped)
      #expect(killed.history.steps.map(\.loss) == whole.history.steps.map(\.loss))
      #expect(
        try Data(contentsOf: URL(filePath: killed.folder.checkpoint(.last)))
          == Data(contentsOf: URL(filePath: whole.folder.checkpoint(.last))))
    }
  }

  @Test func tenInARowEndTheRunWhichGoesOnAtALowerRate() throws {
    var test = self
    test.task.spoiltPoint = nil
    test.options.learningRate = 1e12
    (test.options.warmupSteps, test.options.clip) = (0, nil)
    test.options.evaluationInterval = 39
    guard case .interrupted = try test.train(test.trainer("a"), until: 1) else {
      Issue.record("it was not interrupted")
      return
    }
    let error = #expect(throws: TrainingError.self) { try test.train(test.resumed("a")) }
    guard case .skippedInRow(10, _, let step, let lastGood) = error else { return unexpected(error) }
    #expect(lastGood.step == 1 && step > 10)
    #expect(text(of: error).contains("--resume \(folder.path("a")) and a lower --learning-rate"))
    #expect(try run("a").step(of: .last) == 1)
    let wrong = #expect(throws: TrainingError.self) { try test.resumed("a", learningRate: -1) }
    guard case .option = wrong else { return unexpected(wrong) }
    #expect(try test.train(test.resumed("a", learningRate: 0.1)) == .finished)
    let run = try run("a")
    #expect(run.history.skipped.isEmpty)
    #expect(run.history.learningRates == [LearningRateRecord(step: 1, learningRate: 0.1)])
    #expect(try CheckpointFile<LineTask>(reading: run.folder.checkpoint(.last)).progress.learningRates.count == 1)
  }

  @Test func aChosenRateIsKept() throws {
    var test = self
    test.task.spoiltPoint = nil
    try test.train(test.trainer("same"), until: 10)
    try test.train(test.resumed("same", learningRate: 0.1))
    try test.train(test.trainer("plain"))
    // The rate that it has already is no change.
    #expect(try test.run("same").history.learningRates.isEmpty)
    #expect(try test.run("same").history.steps.map(\.loss) == test.run("plain").history.steps.map(\.loss))
    for name in ["whole", "parts"] { try test.train(test.trainer(name), until: 10) }
    try test.train(test.resumed("whole", learningRate: 0.02))
    try test.train(test.resumed("parts", learningRate: 0.02), until: 20)
    try test.train(test.resumed("parts"))
    let (whole, parts) = (try test.run("whole"), try test.run("parts"))
    #expect(whole.history.steps.map(\.loss) == parts.history.steps.map(\.loss))
    #expect(try whole.history.steps.map(\.loss) != test.run("plain").history.steps.map(\.loss))
    #expect(whole.history.learningRates == parts.history.learningRates && whole.history.learningRates.count == 1)
  }
}
