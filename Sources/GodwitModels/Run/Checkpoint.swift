import Foundation
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// A model as it was at some step, with what training needs to go on from there.
///
/// The file is in the format safetensors: the parameters as `model.…`; with the optimiser's memory as `optimizer.…`
/// (`optimizer.first.…` and `optimizer.second.…` are the moments of AdamW) it can be trained on. Checksums in its metadata
/// tell whether it was changed.
struct Checkpoint<Task: TrainingTask> {
  var model: Task.Model
  /// What the model is made by.
  var configuration: Task.ModelConfiguration
  var progress: TrainingProgress
  /// The optimiser; nil in a checkpoint that is only for use.
  var optimizer: Task.ModelOptimizer?

  /// Whether every parameter is a finite number: one that is not would spoil all that follows.
  var isFinite: Bool { globalNorm(model).isFinite }

  /// Writes the file beside its final name and renames it: whatever happens, the old checkpoint or the new one is there.
  func write(to path: String) throws(RunError) {
    var writer = SafetensorsWriter()
    var metadata: SafetensorsMetadata = [
      CheckpointKey.version: String(RunConfiguration<Task>.currentFormatVersion),
      CheckpointKey.step: String(progress.step),
      CheckpointKey.configuration: RunFolder.json(configuration),
      CheckpointKey.progress: RunFolder.json(progress),
    ]
    for part in [CheckpointPart(of: model)] + (optimizer.map(CheckpointPart.parts(ofOptimizer:)) ?? []) {
      var hash = ContentHash()
      for (name, entry) in part.leaves where entry.isKept {
        writer.add(name, entry.leaf)
        hash.add(entry.leaf)
      }
      metadata[part.checksumKey] = hash.digits
    }
    metadata[CheckpointKey.checksum] = CheckpointKey.checksum(of: metadata)
    writer.metadata = metadata
    do throws(SafetensorsError) { try writer.write(to: path) } catch { throw .checkpoint(error) }
  }
}

/// A part of a checkpoint that has a checksum of its own: the model, or what an optimiser remembers under one name.
struct CheckpointPart {
  /// What an entry is in the memory of the program, and what there is to know of its place in the file.
  struct Entry {
    let leaf: Leaf
    /// Whether the file holds it: an optimiser remembers nothing of what is not trained.
    let isKept: Bool

    var shape: Shape { leaf.shape }
    var elementName: String { leaf.elementName }
  }

  /// `model`, `optimizer.first`.
  let name: String
  /// The leaves with their names in the file.
  private(set) var leaves: [(name: String, entry: Entry)]

  /// The name of its checksum in the metadata.
  var checksumKey: String { name + ".checksum" }

  /// Every leaf of a model, as `model.…`.
  init(of model: some Module) {
    name = "model"
    leaves = model.leaves.map { ("model.\($0.name)", Entry(leaf: $0.leaf, isKept: true)) }
  }

  private init(name: String) {
    self.name = name
    leaves = []
  }

  /// What an optimiser calls `first.head.weight` is `optimizer.first.head.weight` in the file.
  static func nameInFile(ofOptimizer name: String) -> String { "optimizer.\(name)" }

  /// What an optimiser remembers, a part for each of its own parts.
  static func parts(ofOptimizer optimizer: some Module) -> [CheckpointPart] {
    var parts: [CheckpointPart] = []
    for (name, tensor, role) in optimizer.namedTensors {
      let part = nameInFile(ofOptimizer: String(name.prefix { $0 != "." }))
      if parts.last?.name != part { parts.append(CheckpointPart(name: part)) }
      let entry = Entry(leaf: .tensor(tensor, role), isKept: role.isTrained)
      parts[parts.count - 1].leaves.append((nameInFile(ofOptimizer: name), entry))
    }
    return parts
  }
}

/// The names in a checkpoint's metadata.
enum CheckpointKey {
  static let version = "formatVersion"
  static let configuration = "configuration"
  static let progress = "progress"
  static let step = "step"
  static let checksum = "checksum"

  /// The checksum of all other metadata, which hold those of the tensors.
  static func checksum(of metadata: SafetensorsMetadata) -> String {
    var hash = ContentHash()
    for key in metadata.names where key != checksum {
      hash.add(key)
      hash.add(metadata[key]!)
    }
    return hash.digits
  }
}

extension ContentHash {
  /// Adds the elements of a leaf.
  mutating func add(_ leaf: Leaf) { leaf.withUnsafeBytes { add($0) } }
}
