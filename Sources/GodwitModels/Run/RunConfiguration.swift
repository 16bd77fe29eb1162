import Foundation

/// What a run was made with: the contents of its `config.json`.
///
/// With the same architecture, options and data it can be repeated exactly, and resumed as if never stopped.
public struct RunConfiguration<Task: TrainingTask>: Sendable, Hashable {
  /// The version of the format of the run's folder.
  public var formatVersion: Int
  /// The command that made the run.
  public var command: String
  /// The architecture.
  public var model: Task.ModelConfiguration
  /// The options, all of them decided.
  public var training: Task.Options
  /// The data.
  public var data: Task.DataFingerprint
  /// The folder of the run whose weights this one began with.
  public var fineTunedFrom: String?

  /// The newest version of the format that this program reads, and the one that it writes.
  public static var currentFormatVersion: Int { RunFormat.current }

  init(
    command: String, model: Task.ModelConfiguration, training: Task.Options, data: Task.DataFingerprint,
    fineTunedFrom: String? = nil
  ) {
    formatVersion = Self.currentFormatVersion
    self.command = command
    self.model = model
    self.training = training
    self.data = data
    self.fineTunedFrom = fineTunedFrom
  }
}

/// The versions of the format of a run's folder.
enum RunFormat {
  static let current = 1
  /// The task of a run whose configuration names none: once there was no other.
  static let firstTask = LanguageModeling.name
}

extension RunConfiguration: Codable {
  /// A field of `config.json`.
  private struct Field: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// Reads the fields by name; those that this version does not know are passed over.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    formatVersion = try fields.decode(Int.self, forKey: Field("formatVersion"))
    command = try fields.decode(String.self, forKey: Field("command"))
    model = try fields.decode(Task.ModelConfiguration.self, forKey: Field("model"))
    training = try fields.decode(Task.Options.self, forKey: Field("training"))
    data = try fields.decode(Task.DataFingerprint.self, forKey: Field(Task.dataField))
    fineTunedFrom = try fields.decodeIfPresent(String.self, forKey: Field("fineTunedFrom"))
  }

  /// Writes the fields, and the name of the task.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(formatVersion, forKey: Field("formatVersion"))
    try fields.encode(Task.name, forKey: Field("task"))
    try fields.encode(command, forKey: Field("command"))
    try fields.encode(model, forKey: Field("model"))
    try fields.encode(training, forKey: Field("training"))
    try fields.encode(data, forKey: Field(Task.dataField))
    try fields.encodeIfPresent(fineTunedFrom, forKey: Field("fineTunedFrom"))
  }
}
