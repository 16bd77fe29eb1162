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
  public init(reading path: String) throws(TrainingError) {
    self.path = path
    do throws(SafetensorsError) { file = try SafetensorsFile(reading: path) } catch { throw .run(.checkpoint(error)) }
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

  /// The model of an architecture with the weights of the file.
  ///
  /// - Throws: what is missing in the file, what it has beside the model's, and what has another shape.
  public func model(_ configuration: LanguageModelConfiguration) throws(TrainingError) -> LanguageModel {
    if isCheckpoint {
      do throws(RunError) {
        let checkpoint = try CheckpointFile<LanguageModeling>(reading: path)
        return try checkpoint.model(expecting: configuration)
      } catch { throw .run(error) }
    }
    try checkNames(of: configuration)
    var generator = Philox(seed: 0)  // every random value is replaced: this only makes the structure
    let structure = try LanguageModeling.makeModel(configuration, using: &generator)
    try check(structure.leaves)
    var leaves: [Leaf] = []
    for (name, leaf) in structure.leaves {
      do throws(SafetensorsError) { leaves.append(try read(name, like: leaf)) } catch {
        throw .run(.checkpoint(error))
      }
    }
    return structure.replacingLeaves(with: leaves)
  }

  /// A file with few tensors may be asked for a model of many: that is seen before such a model is made.
  private func checkNames(of configuration: LanguageModelConfiguration) throws(TrainingError) {
    let bytes = file.entries.reduce(0) { $0 + $1.byteCount }
    // Two bytes are the least for one parameter here, and the number of these is known only about.
    guard Double(bytes) < LanguageModeling.leastParameterCount(configuration) else { return }
    throw .weights(path: path, problems: ["it holds \(Quantity.counted(bytes, "byte")), too few for this model"])
  }

  private func check(_ expected: [(name: String, leaf: Leaf)]) throws(TrainingError) {
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
    let names = Set(expected.map(\.name))
    for name in file.names where !names.contains(name) { problems.append("\(name) is no part of the model") }
    guard problems.isEmpty else { throw .weights(path: path, problems: problems) }
  }

  /// Real numbers of any width, as the model computes with.
  private func read(_ name: String, like leaf: Leaf) throws(SafetensorsError) -> Leaf {
    let found = try file.leaf(name, like: leaf)
    guard case .tensor(let tensor, let role) = found, case .tensor(let own, _) = leaf, tensor.dtype != own.dtype else {
      return found
    }
    return .tensor(Tensor(tensor.scalars, shape: tensor.shape, dtype: own.dtype), role)
  }
}

extension Shape {
  /// Extents as shapes are written, also where there are too many for one.
  fileprivate static func text(_ extents: [Int]) -> String {
    "[" + extents.prefix(16).map(String.init).joined(separator: ", ") + (extents.count > 16 ? ", …]" : "]")
  }
}

extension LanguageModel {
  /// Writes the weights by their plain names into a safetensors file, which other programs read and `WeightsFile` does too.
  ///
  /// - Throws: when the system refuses; an older file of that name is then as it was.
  public func exportWeights(to path: String) throws(SafetensorsError) {
    var writer = SafetensorsWriter(metadata: [
      "format": "pt", WeightsFile.configurationKey: RunFolder.json(configuration),
    ])
    for (name, leaf) in leaves { writer.add(name, leaf) }
    try writer.write(to: path)
  }
}
