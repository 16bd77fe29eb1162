/// What a new run of language modelling is to be.
public struct TrainingRequest: Sendable {
  /// Files and folders of text.
  public var paths: [String]
  /// The folder to make.
  public var folder: String
  /// The architecture.
  public var model: LanguageModelConfiguration
  /// How it is trained.
  public var options: TextTrainingOptions
  /// The run whose best weights are the beginning; random ones if nil.
  public var from: Run<LanguageModeling>?
  /// A safetensors file whose weights are the beginning, where no run's are; random ones if nil.
  public var weights: String?
  /// Whether the run keeps the text itself, if that has at most 256 MiB, so that its files may change; otherwise it refers to
  /// them.
  public var copiesText: Bool
  /// The command that asks for it, for the record.
  public var command: String

  /// A run to be made by a `Trainer`, which checks all of it.
  public init(
    paths: [String], folder: String, model: LanguageModelConfiguration = LanguageModelConfiguration(),
    options: TextTrainingOptions = TextTrainingOptions(), from: Run<LanguageModeling>? = nil,
    weights: String? = nil, copiesText: Bool = true, command: String = ""
  ) {
    self.paths = paths
    self.folder = folder
    self.model = model
    self.options = options
    self.from = from
    self.weights = weights
    self.copiesText = copiesText
    self.command = command
  }

  /// Stops weights that do not fit the architecture.
  func checkArchitecture() throws(TrainingError) {
    guard let from else { return }
    // Only what shapes no parameter may differ.
    var free: Set = ["dropout"]
    if model.positions != .learned { free.insert("context") }
    let differences = FieldDifference.between(expected: from.configuration.model, found: model)
      .filter { !free.contains($0.field) }
    guard differences.isEmpty else { throw .otherArchitecture(run: from.folder.path, differences: differences) }
  }

  /// What gives the weights to begin with; nil if they are random.
  var parameters: (@Sendable () throws -> LanguageModel)? {
    if from == nil, let weights {
      let model = model
      return {
        do throws(WeightsError) { return try WeightsFile(reading: weights).model(model) } catch {
          throw TrainingError.weights(error)
        }
      }
    }
    guard let from else { return nil }
    return {
      do throws(RunError) { return try from.model(.best) } catch { throw TrainingError.run(error) }
    }
  }
}
