import Foundation
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// A model as it was at some step, with what training needs to go on from there.
///
/// The file is in the format safetensors: the parameters as `model.…`; with the optimiser's moments as
/// `optimizer.first.…` and `optimizer.second.…` it can be trained on. Checksums in its metadata tell whether it was changed.
struct Checkpoint {
  var model: LanguageModel
  var progress: TrainingProgress
  /// The moments of the gradients; nil in a checkpoint that is only for use.
  var moments: Moments?

  /// The optimiser's memory.
  struct Moments {
    var first: LanguageModel
    var second: LanguageModel
  }

  /// Whether every parameter is a finite number: one that is not would spoil all that follows.
  var isFinite: Bool { globalNorm(model).isFinite }

  /// Writes the file beside its final name and renames it: whatever happens, the old checkpoint or the new one is there.
  func write(to path: String) throws(RunError) {
    var writer = SafetensorsWriter()
    var metadata = [
      CheckpointKey.version: String(RunConfiguration.currentFormatVersion), CheckpointKey.step: String(progress.step),
      CheckpointKey.configuration: RunFolder.json(model.configuration),
      CheckpointKey.progress: RunFolder.json(progress),
    ]
    func add(_ part: CheckpointPart, _ module: LanguageModel) {
      var hash = ContentHash()
      for (name, tensor, _) in module.namedTensors {
        writer.add(part.prefix + name, tensor)
        hash.add(tensor)
      }
      metadata[part.checksumKey] = hash.digits
    }
    add(.model, model)
    if let moments {
      add(.first, moments.first)
      add(.second, moments.second)
    }
    metadata[CheckpointKey.checksum] = CheckpointKey.checksum(of: metadata)
    writer.metadata = metadata
    do throws(SafetensorsError) { try writer.write(to: path) } catch { throw .checkpoint(error) }
  }
}

/// The parts of a checkpoint that have the structure of the model.
enum CheckpointPart: String {
  case model
  case first = "optimizer.first"
  case second = "optimizer.second"

  /// What the names of its tensors begin with.
  var prefix: String { rawValue + "." }

  /// The name of its checksum in the metadata.
  var checksumKey: String { rawValue + ".checksum" }
}

/// The names in a checkpoint's metadata.
enum CheckpointKey {
  static let version = "formatVersion"
  static let configuration = "configuration"
  static let progress = "progress"
  static let step = "step"
  static let checksum = "checksum"

  /// The checksum of all other metadata, which hold those of the tensors.
  static func checksum(of metadata: [String: String]) -> String {
    var hash = ContentHash()
    for key in metadata.keys.sorted() where key != checksum {
      hash.add(key)
      hash.add(metadata[key]!)
    }
    return hash.digits
  }
}

extension ContentHash {
  /// Adds the elements of a tensor.
  mutating func add(_ tensor: Tensor) {
    add(UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.count * tensor.dtype.byteCount))
  }
}
