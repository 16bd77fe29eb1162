/// The options of a task: those that every trainer reads, and the task's own, side by side in `config.json`.
public protocol TaskOptions: Sendable, Hashable, Codable {
  /// What every trainer reads.
  var training: TrainingOptions { get set }
  /// Stops options that cannot be used, whatever a file or a command line gave as their numbers.
  func validate() throws(TrainingOptionError)
}

extension TrainingOptions: TaskOptions {
  /// Themselves: a task with no options of its own uses these.
  public var training: TrainingOptions {
    get { self }
    set { self = newValue }
  }
}
