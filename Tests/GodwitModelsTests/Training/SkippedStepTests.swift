import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Steps whose loss or gradient is not a finite number.
@Suite struct SkippedStepTests {
  private var runs: LineRuns

  init() throws {
    runs = try LineRuns()
    runs.task.spoiltPoint = 150
  }

  @Test func aSkippedStepChangesNothingButWhatItDrew() throws {
    var task = runs.task
    task.data.noise = .nan
    var state = try TrainingState(task, runs.options)
    let (model, optimizer, progress) = (state.model, state.optimizer, state.progress)
    let update = try state.update(task, runs.options, learningRate: 0.1) { sum throws(TrainingError) in sum }
    #expect(!update.isFinite)
    #expect(state.model.tensors.map(\.item) == model.tensors.map(\.item))
    #expect(state.optimizer.tensors.map(\.scalars) == optimizer.tensors.map(\.scalars))
    #expect(state.optimizer.stepCount == 0)
    #expect((state.progress.step, state.progress.skippedSteps, state.progress.skippedInRow) == (1, 1, 1))
    #expect(state.progress.sequencesDrawn == 16)
    #expect(state.progress.dataGenerator != progress.dataGenerator)
    // One that is finite changes all of it.
    _ = try state.update(LineTask(), runs.options, learningRate: 0.1) { sum throws(TrainingError) in sum }
    #expect(zip(state.model.tensors, model.tensors).allSatisfy { $0.item != $1.item })
    #expect((state.progress.step, state.progress.skippedSteps, state.progress.skippedInRow) == (2, 1, 0))
    #expect(state.optimizer.stepCount == 1)
  }

  @Test func theRunGoesOnWithoutThem() throws {
    #expect(try runs.trainer("a").train() == .finished)
    let run = try runs("a")
    let skipped = run.history.skipped
    #expect((1...5).contains(skipped.count))
    #expect(skipped.allSatisfy { $0.notFinite == "loss" })
    #expect(run.history.done?.steps == 40)
    #expect(try #require(run.history.done?.deciding) > 0.9)
    #expect(run.history.steps.allSatisfy { $0.loss.isFinite })
    let checkpoint = try CheckpointFile<LineTask>(reading: run.folder.checkpoint(.last))
    #expect(checkpoint.progress.skippedSteps == skipped.count)
    let optimizer = try checkpoint.optimizer(for: try checkpoint.model(expecting: runs.task.model), runs.options)
    #expect(optimizer.stepCount == 40 - skipped.count)
  }

  @Test func aRunKilledAtAnyMomentGoesOn() throws {
    let moments = try runs.killed("whole")
    let whole = try runs("whole")
    #expect(!whole.history.skipped.isEmpty)
    for moment in 1...moments {
      #expect(try runs.resumed("killed\(moment)").train() == .finished)
      let killed = try runs("killed\(moment)")
      #expect(killed.history.skipped == whole.history.skipped)
      #expect(killed.history.steps.map(\.loss) == whole.history.steps.map(\.loss))
      #expect(
        try Data(contentsOf: URL(filePath: killed.folder.checkpoint(.last)))
          == Data(contentsOf: URL(filePath: whole.folder.checkpoint(.last))))
    }
  }

  @Test func tenInARowEndTheRunWhichGoesOnAtALowerRate() throws {
    var runs = runs
    runs.task.spoiltPoint = nil
    runs.options.learningRate = 1e12
    (runs.options.warmupSteps, runs.options.clip) = (0, nil)
    runs.options.evaluationInterval = 39
    guard case .interrupted = try runs.trainer("a").train(until: 1) else {
      Issue.record("it was not interrupted")
      return
    }
    let error = #expect(throws: TrainingError.self) { try runs.resumed("a").train() }
    guard case .skippedInRow(10, _, let step, let lastGood) = error else { return unexpected(error) }
    #expect(lastGood.step == 1 && step > 10)
    #expect(text(of: error).contains("--resume \(runs.folder.path("a")) and a lower --learning-rate"))
    #expect(try runs("a").step(of: .last) == 1)
    let wrong = #expect(throws: TrainingError.self) { try runs.resumed("a", learningRate: -1) }
    guard case .option = wrong else { return unexpected(wrong) }
    #expect(try runs.resumed("a", learningRate: 0.1).train() == .finished)
    let run = try runs("a")
    #expect(run.history.skipped.isEmpty)
    #expect(run.history.learningRates == [LearningRateRecord(step: 1, learningRate: 0.1)])
    #expect(try CheckpointFile<LineTask>(reading: run.folder.checkpoint(.last)).progress.learningRates.count == 1)
  }

  @Test func aChosenRateIsKept() throws {
    var runs = runs
    runs.task.spoiltPoint = nil
    try runs.trainer("same").train(until: 10)
    try runs.resumed("same", learningRate: 0.1).train()
    try runs.trainer("plain").train()
    // The rate that it has already is no change.
    #expect(try runs("same").history.learningRates.isEmpty)
    #expect(try runs("same").history.steps.map(\.loss) == runs("plain").history.steps.map(\.loss))
    for name in ["whole", "parts"] { try runs.trainer(name).train(until: 10) }
    try runs.resumed("whole", learningRate: 0.02).train()
    try runs.resumed("parts", learningRate: 0.02).train(until: 20)
    try runs.resumed("parts").train()
    let (whole, parts) = (try runs("whole"), try runs("parts"))
    #expect(whole.history.steps.map(\.loss) == parts.history.steps.map(\.loss))
    #expect(try whole.history.steps.map(\.loss) != runs("plain").history.steps.map(\.loss))
    #expect(whole.history.learningRates == parts.history.learningRates && whole.history.learningRates.count == 1)
  }
}
