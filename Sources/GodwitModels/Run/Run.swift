import Foundation

/// A run of training, read from its folder.
///
///     let run = try Run(loading: "runs/shakespeare")
///     for byte in TextGenerator(try run.model(), prompt: "ROMEO:", seed: 7).prefix(500) { … }
public struct Run<Task: TrainingTask>: Sendable {
  /// Where its files are.
  public let folder: RunFolder
  /// What it was made with.
  public let configuration: RunConfiguration<Task>
  /// What it has recorded until it was read.
  public let history: RunHistory

  /// Reads what a run was made with and what it recorded; its models are read when they are asked for.
  ///
  /// The run may be in training at the time.
  ///
  /// - Parameters:
  ///   - task: what the run has learned; another one is an error.
  public init(loading path: String, of task: Task.Type) throws(RunError) {
    folder = RunFolder(path)
    configuration = try RunConfiguration(of: folder)
    history = try RunHistory(reading: folder.metrics, Task.figures)
  }

  /// The checkpoint that stands for `kind`: the last one where there is no best one, as before the first validation.
  public func available(_ kind: CheckpointKind) -> CheckpointKind {
    FileManager.default.fileExists(atPath: folder.checkpoint(kind)) ? kind : .last
  }

  /// The model of a checkpoint; where there is no best one, the last.
  ///
  /// - Throws: what is wrong with the checkpoint, and whether the other one can be used.
  public func model(_ kind: CheckpointKind = .best) throws(RunError) -> Task.Model {
    try read(available(kind)) { file throws(RunError) in try file.model(expecting: configuration.model) }
  }

  /// The number of steps that a checkpoint's model had.
  public func step(of kind: CheckpointKind = .best) throws(RunError) -> Int {
    try read(available(kind)) { file throws(RunError) in file.progress.step }
  }

  /// Reads from a checkpoint; where it is damaged or gone, looks whether the other one is whole.
  func read<Value>(
    _ kind: CheckpointKind, _ body: (CheckpointFile<Task>) throws(RunError) -> Value
  ) throws(RunError) -> Value {
    do throws(RunError) { return try body(try CheckpointFile<Task>(reading: folder.checkpoint(kind))) } catch {
      if case .checkpoint(.file(let refusal)) = error, refusal.code != ENOENT { throw error }
      let other: CheckpointKind = kind == .best ? .last : .best
      let model = try? CheckpointFile<Task>(reading: folder.checkpoint(other)).model(expecting: configuration.model)
      throw .unusable(error, run: folder.path, other: model == nil ? nil : other)
    }
  }
}
