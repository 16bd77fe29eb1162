import Foundation
import GodwitRandom
import GodwitTestSupport
import Synchronization
import Testing

@testable import GodwitModels

/// The trainer with a task that has no text, no AdamW, and a figure of which more is better.
@Suite struct TrainingTaskTests {
  private let runs: LineRuns

  init() throws { runs = try LineRuns() }

  /// Everything in a run that must be the same when it is repeated.
  private func expectSame(_ a: String, _ b: String, _ location: SourceLocation = #_sourceLocation) throws {
    let (first, second) = (try runs(a), try runs(b))
    #expect(first.history.validations == second.history.validations, sourceLocation: location)
    #expect(first.history.samples == second.history.samples, sourceLocation: location)
    #expect(
      first.history.steps.map { [Double($0.step), $0.loss] }
        == second.history.steps.map { [Double($0.step), $0.loss] },
      sourceLocation: location)
    for kind in CheckpointKind.allCases {
      let files = try [first, second].map { try SafetensorsFile(reading: $0.folder.checkpoint(kind)) }
      #expect(files[0].names == files[1].names, sourceLocation: location)
      for name in files[0].names {
        #expect(try files[0].bytes(name) == files[1].bytes(name), "\(name)", sourceLocation: location)
      }
    }
  }

  @Test func theLineIsFitted() throws {
    #expect(try runs.trainer("a").train() == .finished)
    let run = try runs("a")
    let done = try #require(run.history.done)
    #expect(done.figures.count == 2)
    #expect(try #require(done.deciding) > 0.95)
    // Of R² the greatest is the best.
    #expect(run.history.validations.map(\.deciding).max() == run.history.best?.deciding)
    #expect(run.history.validations.first!.deciding < run.history.best!.deciding)
    #expect(try run.step() == run.history.best?.step)
    // The statistic is the mean of inputs in 0 ..< 2, and nothing of the optimiser's.
    #expect(abs(try run.model(.last).mean.item - 1) < 0.2)
    let names = try SafetensorsFile(reading: run.folder.checkpoint(.last)).names
    #expect(
      names == ["model.slope", "model.offset", "model.mean", "optimizer.velocity.slope", "optimizer.velocity.offset"])
  }

  @Test func theRunIsReadByItsNames() throws {
    try runs.trainer("a").train()
    let configuration =
      try JSONSerialization.jsonObject(
        with: Data(runs.folder.bytes("a/config.json"))) as? [String: Any]
    #expect(configuration?["task"] as? String == "line")
    #expect((configuration?["data"] as? [String: Any])?["count"] as? Int == 400)
    let lines = String(decoding: try runs.folder.bytes("a/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
    #expect(lines.contains { $0.contains(#""event":"validation""#) && $0.contains(#""rSquared":"#) })
    #expect(lines.contains { $0.contains(#""squaredError":"#) && $0.contains(#""pointsPerSecond":"#) })
    #expect(lines.contains { $0.contains(#""text":"y = "#) })
    // Two units, two pictures.
    #expect(String(decoding: try runs.folder.bytes("a/loss.svg"), as: UTF8.self).contains("squared units"))
    #expect(String(decoding: try runs.folder.bytes("a/validation.svg"), as: UTF8.self).contains("R²"))
  }

  @Test(arguments: [1, 13, 39]) func anInterruptedRunGoesOn(step: Int) throws {
    try runs.trainer("whole").train()
    guard case .interrupted(let saved) = try runs.trainer("parts").train(until: step) else {
      Issue.record("it was not interrupted")
      return
    }
    #expect(saved.step == step)
    #expect(try runs.resumed("parts").train() == .finished)
    try expectSame("whole", "parts")
  }

  @Test func aRunKilledAtAnyMomentGoesOn() throws {
    let moments = try runs.killed("whole")
    #expect(moments > 25)
    for moment in 1...moments {
      #expect(try runs.resumed("killed\(moment)").train() == .finished)
      try expectSame("whole", "killed\(moment)")
    }
  }

  @Test func otherDataAreRefused() throws {
    try runs.trainer("a").train(until: 3)
    var task = LineTask()
    task.data.seed = 4
    let error = #expect(throws: TrainingError.self) { try runs.resumed("a", task) }
    guard case .dataChanged = error else { return unexpected(error) }
    task = LineTask()
    task.model.deviation = 2
    let other = #expect(throws: TrainingError.self) { try runs.resumed("a", task) }
    guard case .otherArchitecture(_, let differences) = other else { return unexpected(other) }
    #expect(differences.map(\.field) == ["deviation"])
  }

  @Test func aRunOfAnotherTaskIsRefused() throws {
    try runs.trainer("a").train(until: 3)
    let error = #expect(throws: RunError.self) { try Run(loading: runs.folder.path("a")) }
    guard case .otherTask(_, "line", "language-modeling") = error else { return unexpected(error) }
  }

  @Test func theGradientsOfTwoWorkersAddUp() throws {
    var runs = runs
    // Within a step of several passes, a worker's statistics are its own.
    runs.options.accumulation = 1
    try runs.trainer("alone").train()
    let meeting = Meeting()
    let workers = (0..<2).map { index in
      var task = LineTask()
      (task.workers, task.share) = (2, index..<(index + 1))
      return task
    }
    let failures = Mutex<[String]>([])
    let trainers = try workers.enumerated().map { index, task in
      var trainer = try runs.trainer("worker\(index)", task)
      trainer.combine = { meeting.sum(of: $0) }
      return trainer
    }
    let threads = trainers.map { trainer in
      let ended = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        do { try trainer.train { _ in } } catch { failures.withLock { $0.append("\(error)") } }
        ended.signal()
      }
      return ended
    }
    for ended in threads { ended.wait() }
    #expect(failures.withLock { $0 }.isEmpty)
    let alone = try runs("alone")
    for index in 0..<2 {
      let worker = try runs("worker\(index)")
      // Each pass of one worker is half of a pass of the other run.
      for (a, b) in zip(alone.history.steps, worker.history.steps) { #expect(abs(a.loss - b.loss) < 1e-5 * a.loss) }
      let (x, y) = (try alone.model(.last), try worker.model(.last))
      #expect(abs(x.slope.item - y.slope.item) < 1e-5 && abs(x.offset.item - y.offset.item) < 1e-5)
    }
    // Both have the same model, with what both have seen in its statistics.
    let models = try (0..<2).map { try runs("worker\($0)").model(.last).tensors.map(\.item) }
    #expect(models[0] == models[1])
    #expect(try abs(models[0][2] - alone.model(.last).mean.item) < 1e-6)
  }
}

/// Where two workers exchange their gradients: each brings its own and leaves with the sum.
private final class Meeting: Sendable {
  /// The worker that came first, and what it waits for.
  private final class Arrival: Sendable {
    let sum: GradientSum<Line>
    let total = Mutex<GradientSum<Line>?>(nil)
    let isComplete = DispatchSemaphore(value: 0)
    init(_ sum: GradientSum<Line>) { self.sum = sum }
  }

  private let first = Mutex<Arrival?>(nil)

  func sum(of own: GradientSum<Line>) -> GradientSum<Line> {
    let mine = Arrival(own)
    let other = first.withLock { first -> Arrival? in
      defer { first = first == nil ? mine : nil }
      return first
    }
    guard let other else {
      mine.isComplete.wait()
      return mine.total.withLock { $0! }
    }
    var total = other.sum
    total.add(own)
    other.total.withLock { [total] in $0 = total }
    other.isComplete.signal()
    return total
  }
}
