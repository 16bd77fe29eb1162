import Foundation
import GodwitRandom
import GodwitTensor

/// Why a file gives no model.
public enum ModelFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file is no safetensors file, lacks something, or the system refused.
  case file(SafetensorsError)
  /// The file does not say of which architecture its tensors are.
  case noConfiguration(path: String)
  /// There is no such architecture.
  case configuration(path: String, ConfigurationError)
  /// The tensors are not those of the architecture.
  case tensors(path: String, problems: [String])

  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .noConfiguration(let path):
      "\(path) does not say of which architecture its tensors are; give the architecture with it"
    case .configuration(let path, let error): "\(path) is of an architecture that there is not: \(error)"
    case .tensors(let path, let problems):
      "the tensors in \(path) are not those of the architecture: " + problems.prefix(8).joined(separator: "; ")
        + (problems.count > 8 ? "; and \(problems.count - 8) more" : "")
        + "; give the architecture that they are of"
    }
  }
}

extension LanguageModel {
  /// The name of the architecture among a file's metadata.
  private static let configurationKey = "configuration"

  /// A model of an architecture whose parameters have no values yet; whoever makes it gives them.
  init(structureOf configuration: LanguageModelConfiguration) throws(ConfigurationError) {
    var generator = StructureGenerator()
    try self.init(configuration, using: &generator)
  }

  /// Writes the model to a safetensors file: each leaf under its plain name, the architecture in the metadata.
  ///
  /// - Throws: if the system refuses; an older file of that name is then as it was.
  public func write(to path: String) throws(ModelFileError) {
    var writer = SafetensorsWriter(metadata: [Self.configurationKey: RunFolder.json(configuration)])
    for (name, leaf) in leaves { writer.add(name, leaf) }
    do throws(SafetensorsError) { try writer.write(to: path) } catch { throw .file(error) }
  }

  /// The model of a file that `write(to:)` has made.
  ///
  /// The file is read once into the model's own memory.
  ///
  /// - Throws: if the file is damaged, or its tensors are not those of its architecture.
  public init(from path: String) throws(ModelFileError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try SafetensorsFile(reading: path) } catch { throw .file(error) }
    guard let text = file.metadata[Self.configurationKey],
      let configuration = try? JSONDecoder().decode(LanguageModelConfiguration.self, from: Data(text.utf8))
    else { throw .noConfiguration(path: path) }
    try self.init(configuration, from: file)
  }

  /// A model of an architecture with the tensors of a file, whoever wrote it.
  ///
  /// - Throws: if the file is damaged, or its tensors are not those of the architecture: then it names each that is missing,
  ///   of another shape or type, or too many.
  public init(_ configuration: LanguageModelConfiguration, from path: String) throws(ModelFileError) {
    let file: SafetensorsFile
    do throws(SafetensorsError) { file = try SafetensorsFile(reading: path) } catch { throw .file(error) }
    try self.init(configuration, from: file)
  }

  private init(_ configuration: LanguageModelConfiguration, from file: SafetensorsFile) throws(ModelFileError) {
    do throws(ConfigurationError) { try configuration.validate() } catch {
      throw .configuration(path: file.path, error)
    }
    // Before a structure of that size is made; a parameter has two bytes or more, but their number is known only about.
    let bytes = file.entries.reduce(0) { $0 + $1.byteCount }
    let parameters = configuration.approximateParameterCount
    guard Double(2 * bytes) >= parameters else {
      throw .tensors(
        path: file.path,
        problems: ["they have \(Quantity.bytes(bytes)), too few for about \(Quantity.rounded(parameters)) parameters"])
    }
    do throws(ConfigurationError) { try self.init(structureOf: configuration) } catch {
      throw .configuration(path: file.path, error)
    }
    let problems = file.differences(from: leaves)
    guard problems.isEmpty else { throw .tensors(path: file.path, problems: problems) }
    do throws(SafetensorsError) { try file.read(into: &self) } catch { throw .file(error) }
  }
}

extension SafetensorsFile {
  /// In what the entries differ from leaves that are expected, each in words.
  func differences(from leaves: [(name: String, leaf: Leaf)]) -> [String] {
    var problems: [String] = []
    let names = Set(leaves.map(\.name))
    for (name, leaf) in leaves {
      guard let entry = self[name] else {
        let near = suggestion(for: name, among: self.names.filter { !names.contains($0) })
        problems.append("\(name) is missing" + (near.map { " (is it \($0)?)" } ?? ""))
        continue
      }
      if entry.shape != Array(leaf.shape) {
        problems.append("\(name) has the shape \(entry.shape), expected \(leaf.shape)")
      }
      if let wanted = leaf.unreadable(as: entry.dtype) {
        problems.append("\(name) holds \(entry.dtype.rawValue), expected \(wanted)")
      }
    }
    return problems + self.names.filter { !names.contains($0) }.map { "\($0) is of no use here" }
  }
}

extension Leaf {
  /// What the elements should be, where a file's type cannot be read as this leaf's.
  fileprivate func unreadable(as dtype: SafetensorsDType) -> String? {
    switch self {
    case .tensor(let tensor, _):
      switch tensor.dtype {
      case .float32: [.float32, .float16, .bfloat16].contains(dtype) ? nil : "F32, F16 or BF16"
      case .float64: dtype == .float64 ? nil : "F64"
      }
    case .indices, .packed: dtype == safetensorsDType ? nil : safetensorsDType.rawValue
    }
  }
}
