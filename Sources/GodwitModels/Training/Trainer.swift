import Foundation
import GodwitKernels

/// Trains a model on a task, and keeps all of it in a folder.
///
///     let trainer = try Trainer(TrainingRequest(paths: ["book.txt"], folder: "runs/book"))
///     try trainer.train { event in print(event) }
///
/// A run that was stopped, in whatever way, goes on from its last checkpoint bit for bit as if it never had been; the
/// number of threads does not matter either.
public struct Trainer<Task: TrainingTask>: Sendable {
  /// The folder of the run.
  public let folder: RunFolder
  /// What there is to learn.
  public let task: Task
  /// The options, all of them decided only if the run is resumed.
  public let options: Task.Options
  /// Adds the gradients of other workers to those of a step, between its passes and its update; each worker must be given
  /// the same sum. It is asked once for each step, and by itself it gives back what it is given.
  public var combine: @Sendable (GradientSum<Task.Model>) throws -> GradientSum<Task.Model> = { $0 }
  /// Where the time comes from; tests have one of their own.
  var clock: Stopwatch.Clock = Stopwatch.steady
  private let beginning: Beginning

  private enum Beginning: Sendable {
    case new(NewRun<Task>)
    case resumed(RunConfiguration<Task>, RunLock, learningRate: Double?)
  }

  /// How training ended.
  public enum Outcome: Sendable, Hashable {
    /// All steps are made.
    case finished
    /// It was told to stop, and saved.
    case interrupted(SavedCheckpoint)
    /// It was told to stop before there was anything to save.
    case abandoned
  }

  /// The architecture.
  public var model: Task.ModelConfiguration { task.model }

  /// A new run; nothing is written yet.
  public init(_ run: NewRun<Task>) throws(TrainingError) {
    try Task.validate(run.task.model, run.options)
    try Self.requireMemory(run.task.model, run.options)
    folder = RunFolder(run.folder)
    do throws(RunError) { try folder.requireFree() } catch { throw .run(error) }
    task = run.task
    options = run.options
    beginning = .new(run)
  }

  /// A run that goes on from its last checkpoint; no other process can do so while the trainer exists.
  ///
  /// - Parameters:
  ///   - learningRate: the greatest learning rate from here on, with which the rest of the schedule is scaled; as it was if
  ///     nil. It is the one option that may change, and the run keeps record of it.
  ///   - task: makes the task of a run, with the data that it began with.
  /// - Throws: also if the data are others than the run began with.
  public init(
    resuming path: String, learningRate: Double? = nil,
    task: (RunConfiguration<Task>, RunFolder) throws(TrainingError) -> Task
  ) throws(TrainingError) {
    folder = RunFolder(path)
    let configuration: RunConfiguration<Task>
    do throws(RunError) {
      configuration = try RunConfiguration(of: folder)
      beginning = .resumed(configuration, try RunLock(folder), learningRate: learningRate)
    } catch { throw .run(error) }
    options = configuration.training
    if let learningRate {
      do throws(TrainingOptionError) { try TrainingOptionError.checkPositive("learningRate", learningRate) } catch {
        throw .option(error)
      }
    }
    try Self.requireMemory(configuration.model, options)
    self.task = try task(configuration, folder)
    let differences = FieldDifference.between(expected: configuration.model, found: self.task.model)
    guard differences.isEmpty else { throw .otherArchitecture(run: folder.path, differences: differences) }
    if let difference = self.task.difference(from: configuration.data) {
      throw .dataChanged(run: folder.path, difference: difference)
    }
  }

  /// Stops what this machine cannot hold.
  static func requireMemory(_ model: Task.ModelConfiguration, _ options: Task.Options) throws(TrainingError) {
    let (needed, available) = (Task.leastMemory(model, options), Double(MachineMemory.byteCount))
    guard needed <= available else { throw .tooMuchMemory(byteCount: needed, available: available) }
  }

  /// Trains to the end, or until `shouldStop` says so, which is asked before each step.
  ///
  /// - Parameters:
  ///   - report: told what happens, on the same thread; training waits for it.
  @discardableResult
  public func train(
    shouldStop: () -> Bool = { false }, report: (TrainingEvent) -> Void
  ) throws(TrainingError) -> Outcome {
    var session: TrainingSession<Task>
    switch beginning {
    case .resumed(let configuration, _, let learningRate):
      session = try TrainingSession(
        resuming: configuration, in: folder, task, learningRate: learningRate, combine, clock)
    case .new(let run):
      guard let new = try TrainingSession(run, combine, clock, shouldStop: shouldStop) else { return .abandoned }
      session = new
    }
    return try session.run(shouldStop: shouldStop, report: report)
  }
}

/// A run that is to be made, of any task.
public struct NewRun<Task: TrainingTask>: Sendable {
  /// What there is to learn.
  public var task: Task
  /// The folder to make.
  public var folder: String
  /// How the model is trained.
  public var options: Task.Options
  /// Gives the parameters to begin with, when training begins; random ones if nil.
  public var parameters: (@Sendable () throws -> Task.Model)?
  /// Where these come from, for the record.
  public var origin: String?
  /// The command that asks for it, for the record.
  public var command: String

  /// A run to be made by a `Trainer`, which checks all of it.
  public init(
    _ task: Task, folder: String, options: Task.Options,
    parameters: (@Sendable () throws -> Task.Model)? = nil, origin: String? = nil, command: String = ""
  ) {
    self.task = task
    self.folder = folder
    self.options = options
    self.parameters = parameters
    self.origin = origin
    self.command = command
  }

  /// The parameters to begin with; nil if they are random.
  func startingParameters() throws(TrainingError) -> Task.Model? {
    do { return try parameters?() } catch let error as TrainingError { throw error } catch { throw .task(error) }
  }
}
