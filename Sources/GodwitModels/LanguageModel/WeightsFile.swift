import Foundation
import GodwitLayers
import GodwitRandom
import GodwitTensor

/// Weights of a language model in a safetensors file, whoever wrote it: tensors by the names of the model's leaves, such as
/// `blocks.0.mixer.query.weight`.
///
/// Names and shapes are checked, all of them. A checkpoint of a run, in which they stand behind `model.`, is one too; what its
/// checksums protect is checked.
public struct WeightsFile: Sendable {
  /// Where it is.
  public let path: String
  private let file: SafetensorsFile

  /// Opens a file and checks its header.
  public init(reading path: String) throws(WeightsError) {
    self.path = path
    do throws(SafetensorsError) { file = try SafetensorsFile(reading: path) } catch { throw .file(error) }
    if WrittenFile(metadata: file.metadata) == .state { throw .state(path: path) }
  }

  private var isCheckpoint: Bool { file.metadata[CheckpointKey.version] != nil }

  /// The architecture that the file says it is of; nil if it says nothing, as files of other programs do.
  public var configuration: LanguageModelConfiguration? {
    let key = isCheckpoint ? CheckpointKey.configuration : Self.configurationKey
    return file.metadata[key].flatMap {
      try? JSONDecoder().decode(LanguageModelConfiguration.self, from: Data($0.utf8))
    }
  }

  /// The name of the architecture in the metadata.
  static let configurationKey = "godwit.configuration"

  /// The model of an architecture with the weights of the file, which is read once into the model's own memory.
  ///
  /// - Throws: what is missing in the file, what it has beside the model's, and what has another shape.
  public func model(_ configuration: LanguageModelConfiguration) throws(WeightsError) -> LanguageModel {
    if isCheckpoint {
      do throws(RunError) {
        let checkpoint = try CheckpointFile<LanguageModeling>(reading: path)
        return try checkpoint.model(expecting: configuration)
      } catch { throw .checkpoint(error) }
    }
    try checkSize(for: configuration)
    var model: LanguageModel
    var generator = StructureGenerator()
    do throws(ConfigurationError) { model = try LanguageModel(configuration, using: &generator) } catch {
      throw .configuration(path: path, error)
    }
    try check(model.leaves)
    do throws(SafetensorsError) { try file.read(into: &model) } catch { throw .file(error) }
    return model
  }

  /// A file with few tensors may be asked for a model of many: that is seen before such a model is made.
  private func checkSize(for configuration: LanguageModelConfiguration) throws(WeightsError) {
    do throws(ConfigurationError) { try configuration.validate() } catch { throw .configuration(path: path, error) }
    let bytes = file.entries.reduce(0) { $0 + $1.byteCount }
    // Two bytes are the least for one parameter here, and the number of these is known only about.
    guard Double(bytes) < configuration.approximateParameterCount else { return }
    throw .tensors(path: path, problems: ["it holds \(Quantity.counted(bytes, "byte")), too few for this model"])
  }

  private func check(_ expected: [(name: String, leaf: Leaf)]) throws(WeightsError) {
    var problems: [String] = []
    for (name, leaf) in expected {
      guard let entry = file[name] else {
        problems.append("\(name) \(leaf.shape) is missing")
        continue
      }
      if entry.shape != Array(leaf.shape) {
        problems.append("\(name) is \(Shape.text(entry.shape)), not \(leaf.shape)")
      }
    }
    let names = Set(expected.map { ByteString($0.name) })
    for name in file.names where !names.contains(ByteString(name)) {
      problems.append("\(name) is no part of the model")
    }
    guard problems.isEmpty else { throw .tensors(path: path, problems: problems) }
  }
}

extension Shape {
  /// Extents as shapes are written, also where there are too many for one.
  fileprivate static func text(_ extents: [Int]) -> String {
    "[" + extents.prefix(16).map(String.init).joined(separator: ", ") + (extents.count > 16 ? ", …]" : "]")
  }
}

extension LanguageModel {
  /// Writes the model to a safetensors file, which other programs read and `WeightsFile` does too: each leaf under its plain
  /// name, the architecture in the metadata.
  ///
  /// - Throws: when the system refuses; an older file of that name is then as it was.
  public func write(to path: String) throws(WeightsError) {
    var writer = SafetensorsWriter(metadata: [
      "format": "pt", WeightsFile.configurationKey: RunFolder.json(configuration),
    ])
    for (name, leaf) in leaves { writer.add(name, leaf) }
    do throws(SafetensorsError) { try writer.write(to: path) } catch { throw .file(error) }
  }

  /// The model of a file that says of which architecture it is, as `write(to:)` does, or of a run's checkpoint.
  ///
  /// - Throws: if the file is damaged, or its tensors are not those of its architecture.
  public init(from path: String) throws(WeightsError) {
    let file = try WeightsFile(reading: path)
    guard let configuration = file.configuration else { throw .noConfiguration(path: path) }
    self = try file.model(configuration)
  }
}
