/// What a run was made with: the contents of its `config.json`.
///
/// With the same architecture, options and text it can be repeated exactly, and resumed as if never stopped.
public struct RunConfiguration: Sendable, Hashable, Codable {
  /// The version of the format of the run's folder.
  public var formatVersion: Int
  /// The command that made the run.
  public var command: String
  /// The architecture.
  public var model: LanguageModelConfiguration
  /// The options, all of them decided.
  public var training: TrainingOptions
  /// The text.
  public var text: TextFingerprint
  /// The folder of the run whose weights this one began with.
  public var fineTunedFrom: String?

  /// The newest version of the format that this program reads, and the one that it writes.
  public static let currentFormatVersion = 1

  init(
    command: String, model: LanguageModelConfiguration, training: TrainingOptions, text: TextFingerprint,
    fineTunedFrom: String? = nil
  ) {
    formatVersion = Self.currentFormatVersion
    self.command = command
    self.model = model
    self.training = training
    self.text = text
    self.fineTunedFrom = fineTunedFrom
  }
}
