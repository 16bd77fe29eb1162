import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// What there is to learn: the data, the model, the loss, and what tells how good the model is.
///
/// A `Trainer` gives every task the same: the schedule, the time budget, progress, history, picture, and checkpoints from
/// which a run goes on bit for bit. For that, all that a step depends on must come from the task's values, which do not
/// change, and from the generators that it is handed.
public protocol TrainingTask: Sendable {
  /// What is trained.
  associatedtype Model: Module
  /// How it is moved along its gradient.
  associatedtype ModelOptimizer: Optimizer where ModelOptimizer.Model == Model
  /// What one pass learns from.
  associatedtype Batch
  /// What a model is made by: `model` in `config.json`.
  associatedtype ModelConfiguration: Codable & Hashable & Sendable
  /// How it is trained: `training` in `config.json`.
  associatedtype Options: TaskOptions
  /// What the data were when the run began, by which others are noticed when it is resumed.
  associatedtype DataFingerprint: Codable & Hashable & Sendable

  /// What `config.json` calls the task, such as `language-modeling`.
  static var name: String { get }
  /// The field of `config.json` that holds the fingerprint of the data.
  static var dataField: String { get }
  /// What the figures are called that training and the held-out data give.
  static var figures: TaskFigures { get }

  /// The architecture.
  var model: ModelConfiguration { get }
  /// The data as they are now.
  var data: DataFingerprint { get }

  /// Stops what cannot be trained, whatever a file or a command line gave as its numbers.
  static func validate(_ model: ModelConfiguration, _ options: Options) throws(TrainingError)
  /// A model with random parameters.
  static func makeModel(
    _ configuration: ModelConfiguration, using generator: inout some RandomNumberGenerator
  ) throws(TrainingError) -> Model
  /// The parameters of such a model, about and at most: what a file must hold before so large a model is made for it.
  static func leastParameterCount(_ configuration: ModelConfiguration) -> Double
  /// The least memory that a step takes, in bytes, so that what cannot be done is refused before it is begun.
  static func leastMemory(_ model: ModelConfiguration, _ options: Options) -> Double
  /// The optimiser before its first step.
  static func makeOptimizer(for model: Model, _ options: Options) -> ModelOptimizer

  /// What the next pass learns from, drawn from the data: a generator that is restored goes on with the same batches.
  func batch(_ options: Options, using generator: inout Philox) throws(TrainingError) -> Batch
  /// The mean loss of a batch, whose gradient the optimiser follows.
  func loss(of model: Model, on batch: Batch, context: inout ForwardContext) -> Tensor
  /// A loss as it is told and recorded, such as bits where the gradient is of nats.
  static func told(_ loss: Double) -> Double
  /// How many units (bytes, pictures) one pass learns from.
  func unitCount(of options: Options) -> Int

  /// The figures of a model on the held-out data, in the order of `figures.heldOut`; none if no data are held out: then there
  /// is no validation, and the last model counts as the best.
  func evaluate(_ model: Model, _ extent: EvaluationExtent, _ options: Options) throws(TrainingError) -> [Double]
  /// How much an evaluation predicts, in any unit, by which its time is foreseen; 0 if no data are held out.
  func evaluationWork(_ extent: EvaluationExtent, _ options: Options) -> Double
  /// The steps after which a validation may come again without taking a large part of the time.
  func leastEvaluationInterval(_ options: Options) -> Int
  /// Something that the model makes, in words; nil if there is nothing to show.
  func sample(from model: Model, _ options: Options) throws(TrainingError) -> String?
  /// Writes what a run keeps of its data beside the files that every run has, and gives the task as it reads them from there.
  func keepingData(in folder: RunFolder) throws(TrainingError) -> Self
  /// In what the data differ from those of a run, in words; nil if they are the same.
  func difference(from data: DataFingerprint) -> String?
}

/// How much of the held-out data is predicted.
public enum EvaluationExtent: Sendable, Hashable {
  /// A little, to see how long it takes.
  case trial
  /// What is predicted now and then, always the same.
  case validation
  /// What is predicted at the end.
  case final
}

extension TrainingTask {
  /// `data`.
  public static var dataField: String { "data" }
  /// Nothing is known: a file may claim any size that its tensors then do not have.
  public static func leastParameterCount(_ configuration: ModelConfiguration) -> Double { 0 }
  /// Nothing is known.
  public static func leastMemory(_ model: ModelConfiguration, _ options: Options) -> Double { 0 }
  /// The loss itself.
  public static func told(_ loss: Double) -> Double { loss }
  /// The options' batch.
  public func unitCount(of options: Options) -> Int { options.training.batch }
  /// Every evaluation predicts the same.
  public func evaluationWork(_ extent: EvaluationExtent, _ options: Options) -> Double { 1 }
  /// After every step.
  public func leastEvaluationInterval(_ options: Options) -> Int { 1 }
  /// Nothing is shown.
  public func sample(from model: Model, _ options: Options) throws(TrainingError) -> String? { nil }
  /// Nothing is kept.
  public func keepingData(in folder: RunFolder) throws(TrainingError) -> Self { self }
  /// That they differ, if their fingerprints do.
  public func difference(from data: DataFingerprint) -> String? {
    self.data == data ? nil : "their fingerprints differ"
  }
}
