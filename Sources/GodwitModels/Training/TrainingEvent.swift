/// What a `Trainer` tells while it works.
public enum TrainingEvent: Sendable, Hashable {
  /// The run is laid out, and begins or goes on.
  case started(TrainingStart)
  /// One more step was made; told for each.
  case progress(StepRecord)
  /// One more step was made and changed nothing, as its loss or its gradient was not finite.
  case skipped(SkippedRecord)
  /// The learning rate is another one from here on.
  case learningRate(LearningRateRecord)
  /// A run that has a time will have another number of steps.
  case planned(PlanRecord)
  /// A step that is kept in the history, with the mean loss since the last one kept.
  case step(StepRecord)
  /// The held-out data were predicted.
  case validation(ValidationRecord)
  /// The model made something to look at.
  case sample(SampleRecord)
  /// A checkpoint was saved, complete and under its final name.
  case checkpoint(step: Int, path: String)
  /// All steps are made.
  case done(DoneRecord)
}

/// What is known when a run begins or goes on.
public struct TrainingStart: Sendable, Hashable {
  /// The steps already made, more than 0 if the run is resumed.
  public let step: Int
  /// The steps of the whole run; in one that has a time, as planned so far.
  public let steps: Int
  /// Whether the run has a time, by which its steps are planned again as it goes.
  public let isTimed: Bool
  /// How much one step learns from, in the task's unit.
  public let unitsPerStep: Int
  /// The number of parameters.
  public let parameters: Int
  /// The folder of the run.
  public let folder: String
}
