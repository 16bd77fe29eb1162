/// What a `Trainer` tells while it works.
public enum TrainingEvent: Sendable, Hashable {
  /// The run is laid out, and begins or goes on.
  case started(TrainingStart)
  /// One more step was made; told for each.
  case progress(StepRecord)
  /// A step that is kept in the history, with the mean loss since the last one kept.
  case step(StepRecord)
  /// The held-out text was predicted.
  case validation(ValidationRecord)
  /// The model wrote some text.
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
  /// The steps of the whole run.
  public let steps: Int
  /// The bytes that one step predicts.
  public let bytesPerStep: Int
  /// The number of parameters.
  public let parameters: Int
  /// The files of the text.
  public let files: Int
  /// What was found and is not part of the text.
  public let skipped: SkippedFiles
  /// The bytes that are trained on.
  public let trainingBytes: Int
  /// The bytes that are held out.
  public let heldOutBytes: Int
  /// The held-out bytes that a validation during training predicts.
  public let evaluationBytes: Int
  /// The entropy of the held-out text under the frequencies of its own bytes, in bits per byte: what a model reaches that
  /// knows nothing but these.
  public let unigramBitsPerByte: Double
  /// The folder of the run.
  public let folder: String
}
