import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Runs that have a time, on machines whose speed changes.
@Suite struct TimeBudgetTests {
  private let folder: TemporaryFolder
  private let options = TrainingOptions(minutes: 3, batch: 4, learningRate: 0.01, seed: 5)

  init() throws { folder = try TemporaryFolder() }

  /// Seconds of one pass at a time, in machines of several kinds.
  private static let machines: [(name: String, @Sendable (Double) -> Double)] = [
    ("steady", { _ in 0.05 }),
    ("slow after the trial", { $0 < 9 ? 0.05 : 0.25 }),
    ("fast after the trial", { $0 < 9 ? 0.25 : 0.05 }),
    ("loaded now and then", { Int($0 / 7).isMultiple(of: 2) ? 0.05 : 0.15 }),
    ("slow at the end", { $0 < 150 ? 0.05 : 0.2 }),
    ("fast at the end", { $0 < 150 ? 0.2 : 0.05 }),
    ("slower and slower", { 0.02 + $0 / 1000 }),
    ("of another century", { _ in 6 }),
  ]

  private func trainer(_ name: String, _ speed: @escaping @Sendable (Double) -> Double) throws -> Trainer<LineTask> {
    var task = LineTask()
    let clock = FakeClock(speed)
    task.clock = clock
    var trainer = try Trainer(NewRun(task, folder: folder.path(name), options: options))
    trainer.clock = { clock.now }
    return trainer
  }

  private func run(_ name: String) throws -> Run<LineTask> { try Run(loading: folder.path(name), of: LineTask.self) }

  @Test(arguments: machines.map(\.name)) func itEndsWithinFivePercentOfTheTime(name: String) throws {
    let speed = Self.machines.first { $0.name == name }!.1
    #expect(try trainer("a", speed).train { _ in } == .finished)
    let run = try run("a")
    let seconds = try #require(run.history.done).elapsedSeconds
    // An evaluation of the last machine alone takes a third of the time.
    if name == "of another century" { #expect(seconds < 400) } else { #expect(abs(seconds - 180) <= 9, "\(seconds)") }
    #expect(run.history.done?.steps == run.history.plan.last?.steps ?? run.configuration.training.steps)
    // The schedule ends where it should.
    let first = try #require(run.configuration.training.steps)
    let course = StepCourse(first: first, changes: run.history.plan)
    #expect(course.isPossible)
    #expect(abs(course.position(of: course.total) - Double(first)) < 1e-6 * Double(first))
    if name != "of another century" { #expect(course.position(of: course.total - 1) > 0.97 * Double(first)) }
    #expect(run.history.plan.count < 60)
  }

  @Test func aSteadyMachineKeepsTheFirstPlanNearly() throws {
    try trainer("a") { _ in 0.05 }.train { _ in }
    let run = try run("a")
    let (first, last) = (try #require(run.configuration.training.steps), try #require(run.history.done).steps)
    #expect(abs(Double(last) / Double(first) - 1) < 0.1)
  }

  @Test func aKilledRunMakesTheSameStepsAgain() throws {
    let speed: @Sendable (Double) -> Double = { Int($0 / 7).isMultiple(of: 2) ? 0.2 : 0.6 }
    var moments: [(step: Int, isPlanned: Bool)] = []
    var made = 0
    try trainer("whole", speed).train { event in
      if case .progress(let record) = event {
        made = record.step
        if made % 50 != 0 { return }
      }
      if case .step = event { return }
      try? FileManager.default.copyItem(atPath: folder.path("whole"), toPath: folder.path("killed\(moments.count)"))
      if case .planned = event { moments.append((made, true)) } else { moments.append((made, false)) }
    }
    let whole = try run("whole").history
    #expect(whole.plan.count > 3 && moments.count > 20)
    for (index, moment) in moments.enumerated() {
      let name = folder.path("killed\(index)")
      let clock = FakeClock(speed)
      var task = LineTask()
      task.clock = clock
      var trainer = try Trainer<LineTask>(resuming: name) { _, _ in task }
      trainer.clock = { clock.now }
      try trainer.train { _ in }
      let killed = try Run(loading: name, of: LineTask.self).history
      let same = { (history: RunHistory) in
        history.steps.filter { $0.step <= moment.step }.map { [Double($0.step), $0.loss] }
      }
      #expect(same(killed) == same(whole), "\(moment)")
      let plans = { (history: RunHistory) in history.plan.filter { $0.step < moment.step + (moment.isPlanned ? 1 : 0) }
      }
      #expect(plans(killed) == plans(whole), "\(moment)")
    }
  }

  @Test func aStretchedCourseDoesNotJump() {
    var course = StepCourse(first: 100)
    #expect((0...100).map(course.position(of:)) == (0...100).map(Double.init))
    course.changes = [PlanRecord(step: 50, steps: 150), PlanRecord(step: 100, steps: 110)]
    #expect(course.isPossible && course.total == 110)
    #expect(course.position(of: 50) == 50)
    #expect(course.position(of: 100) == 75)
    #expect(course.position(of: 105) == 87.5)
    #expect(course.position(of: 110) == 100)
  }

  @Test(arguments: [
    [PlanRecord(step: 10, steps: 10)], [PlanRecord(step: 101, steps: 200)], [PlanRecord(step: -1, steps: 5)],
    [PlanRecord(step: 50, steps: 60), PlanRecord(step: 40, steps: 70)],
    [PlanRecord(step: 50, steps: 60), PlanRecord(step: 60, steps: 70)], [PlanRecord(step: 5, steps: .max)],
  ]) func whatCannotHaveBeenPlannedIsNoticed(changes: [PlanRecord]) {
    #expect(!StepCourse(first: 100, changes: changes).isPossible)
  }
}
