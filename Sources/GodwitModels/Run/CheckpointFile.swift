import Foundation
import GodwitRandom
import GodwitTensor

/// A checkpoint opened for reading: its metadata are known to be intact, its tensors are checked as they are read.
struct CheckpointFile {
  let path: String
  private let file: SafetensorsFile
  /// The architecture that the checkpoint says it has.
  let configuration: LanguageModelConfiguration
  let progress: TrainingProgress

  init(reading path: String) throws(RunError) {
    self.path = path
    do throws(SafetensorsError) { file = try SafetensorsFile(reading: path) } catch { throw .checkpoint(error) }
    guard let version = file.metadata[CheckpointKey.version].flatMap({ Int($0) }) else {
      throw .malformed(path: path, reason: "it has no format version, so godwit train did not write it")
    }
    guard version >= 1 else {
      throw .malformed(path: path, reason: "its format version is \(version); the first one is 1")
    }
    guard version <= RunConfiguration.currentFormatVersion else {
      throw .newerFormat(path: path, found: version, known: RunConfiguration.currentFormatVersion)
    }
    guard file.metadata[CheckpointKey.checksum] == CheckpointKey.checksum(of: file.metadata) else {
      throw .altered(path: path)
    }
    configuration = try Self.value(CheckpointKey.configuration, of: file, path)
    progress = try Self.value(CheckpointKey.progress, of: file, path)
  }

  private static func value<Value: Decodable>(
    _ key: String, of file: SafetensorsFile, _ path: String
  ) throws(RunError) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data((file.metadata[key] ?? "").utf8)) } catch {
      throw .malformed(path: path, reason: "its metadata \(key) cannot be understood")
    }
  }

  /// The model.
  ///
  /// - Throws: if the checkpoint is not of the architecture `expected`.
  func model(expecting expected: LanguageModelConfiguration) throws(RunError) -> LanguageModel {
    let differences = FieldDifference.between(expected: expected, found: configuration)
    guard differences.isEmpty else { throw .architecture(path: path, differences: differences) }
    // Before a structure of that size is made; each parameter has four bytes, but their number is known only about.
    let (bytes, parameters) = (file.entries.reduce(0) { $0 + $1.byteCount }, configuration.approximateParameterCount)
    guard Double(bytes) >= parameters else {
      let found = Quantity.counted(bytes, "byte")
      throw .malformed(
        path: path, reason: "it holds \(found), too few for about \(Quantity.rounded(parameters)) parameters")
    }
    var generator = Philox(seed: 0)  // every random value is replaced: this only makes the structure
    let structure: LanguageModel
    do throws(ConfigurationError) { structure = try LanguageModel(configuration, using: &generator) } catch {
      throw .malformed(path: path, reason: "\(error)")
    }
    return try read(.model, into: structure)
  }

  /// Where training stood, if the run can go on from there.
  func progress(of run: RunConfiguration) throws(RunError) -> TrainingProgress {
    guard (0...(run.training.steps ?? 0)).contains(progress.step) else {
      throw .malformed(
        path: path, reason: "it is of step \(progress.step), which the run in config.json does not have")
    }
    let (batch, step) = (run.training.batch * run.training.accumulation, progress.step)
    let (drawn, overflow) = step.multipliedReportingOverflow(by: batch)
    guard !overflow, progress.sequencesDrawn == drawn, (0...step).contains(progress.recentCount) else {
      throw .malformed(
        path: path,
        reason: "after \(Quantity.counted(step, "step")) of \(Quantity.counted(batch, "sequence")) it counts "
          + "\(Quantity.counted(progress.sequencesDrawn, "sequence")) and "
          + "\(Quantity.counted(progress.recentCount, "loss", "losses"))")
    }
    return progress
  }

  /// The optimiser's memory, for a model that was read from here.
  func moments(for model: LanguageModel) throws(RunError) -> Checkpoint.Moments {
    let structure = model.zeros
    return Checkpoint.Moments(first: try read(.first, into: structure), second: try read(.second, into: structure))
  }

  /// A copy of a model with the tensors of a part.
  private func read(_ part: CheckpointPart, into structure: LanguageModel) throws(RunError) -> LanguageModel {
    var hash = ContentHash()
    var tensors: [Tensor] = []
    for (name, expected, _) in structure.namedTensors {
      let found = try tensor(part.prefix + name)
      guard found.shape == expected.shape, found.dtype == expected.dtype else {
        throw .malformed(
          path: path,
          reason: "\(part.prefix)\(name) is \(found.dtype) \(found.shape), not \(expected.dtype) \(expected.shape)")
      }
      hash.add(found)
      tensors.append(found)
    }
    guard file.metadata[part.checksumKey] == hash.digits else { throw .altered(path: path) }
    return structure.replacingTensors(with: tensors)
  }

  private func tensor(_ name: String) throws(RunError) -> Tensor {
    do throws(SafetensorsError) { return try file.tensor(name) } catch { throw .checkpoint(error) }
  }
}
