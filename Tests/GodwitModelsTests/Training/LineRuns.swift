import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// A folder for runs that fit a line, so small that tests can train many.
struct LineRuns {
  let folder: TemporaryFolder
  var task = LineTask()
  var options = TrainingOptions(
    steps: 40, batch: 8, accumulation: 2, learningRate: 0.1, seed: 5, evaluationInterval: 11, sampleInterval: 15,
    logInterval: 4)

  init() throws { folder = try TemporaryFolder() }

  /// The trainer of a new run; of another task than these runs', if one is given.
  func trainer(_ name: String, _ other: LineTask? = nil) throws(TrainingError) -> Trainer<LineTask> {
    try Trainer(NewRun(other ?? task, folder: folder.path(name), options: options, command: "a test"))
  }

  func resumed(
    _ name: String, _ other: LineTask? = nil, learningRate: Double? = nil
  ) throws(TrainingError) -> Trainer<LineTask> {
    try Trainer(resuming: folder.path(name), learningRate: learningRate) { _, _ in other ?? task }
  }

  func callAsFunction(_ name: String) throws -> Run<LineTask> {
    try Run(loading: folder.path(name), of: LineTask.self)
  }

  /// Trains a new run and keeps copies of it as a kill at each moment would leave it, as `killed1` and so on; how many.
  func killed(_ name: String) throws -> Int {
    var moments = 0
    // What is on the disk at each event is what a kill at that moment would leave.
    try trainer(name).train { event in
      if case .progress(let record) = event, record.step % 4 != 0 { return }
      moments += 1
      try? FileManager.default.copyItem(atPath: folder.path(name), toPath: folder.path("killed\(moments)"))
    }
    return moments
  }
}

extension Trainer {
  /// Trains to the end, or until some updates are made.
  @discardableResult
  func train(until step: Int = .max) throws(TrainingError) -> Outcome {
    var reached = 0
    func shouldStop() -> Bool { reached >= step }
    return try train(shouldStop: shouldStop) { event in
      if case .progress(let record) = event { reached = record.step }
    }
  }
}
