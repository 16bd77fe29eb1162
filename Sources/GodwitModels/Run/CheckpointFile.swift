import Foundation
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// A checkpoint opened for reading: its metadata are known to be intact, its tensors are checked as they are read.
struct CheckpointFile<Task: TrainingTask> {
  let path: String
  private let file: SafetensorsFile
  /// The architecture that the checkpoint says it has.
  let configuration: Task.ModelConfiguration
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
    let known = RunConfiguration<Task>.currentFormatVersion
    guard version <= known else { throw .newerFormat(path: path, found: version, known: known) }
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
  func model(expecting expected: Task.ModelConfiguration) throws(RunError) -> Task.Model {
    let differences = FieldDifference.between(expected: expected, found: configuration)
    guard differences.isEmpty else { throw .architecture(path: path, differences: differences) }
    // Before a structure of that size is made; each parameter has four bytes, but their number is known only about.
    let bytes = file.entries.reduce(0) { $0 + $1.byteCount }
    let parameters = Task.leastParameterCount(configuration)
    guard Double(bytes) >= parameters else {
      let found = Quantity.counted(bytes, "byte")
      throw .malformed(
        path: path, reason: "it holds \(found), too few for about \(Quantity.rounded(parameters)) parameters")
    }
    var generator = StructureGenerator()
    var model: Task.Model
    do throws(TrainingError) { model = try Task.makeModel(configuration, using: &generator) } catch {
      throw .malformed(path: path, reason: "\(error)")
    }
    try read(into: &model)
    return model
  }

  /// Where training stood, if the run can go on from there.
  func progress(of run: RunConfiguration<Task>) throws(RunError) -> TrainingProgress {
    let training = run.training.training
    let course = StepCourse(first: training.steps ?? 0, changes: progress.plan)
    guard course.isPossible, (0...course.total).contains(progress.step),
      progress.plan.last.map({ $0.step <= progress.step }) ?? true
    else {
      throw .malformed(
        path: path, reason: "it is of step \(progress.step), which the run in config.json does not have")
    }
    let (batch, step) = (training.batch * training.accumulation, progress.step)
    let (drawn, overflow) = step.multipliedReportingOverflow(by: batch)
    guard !overflow, progress.sequencesDrawn == drawn, (0...step).contains(progress.recentCount),
      (0...step).contains(progress.skippedSteps),
      progress.learningRates.allSatisfy({ $0.learningRate > 0 && $0.learningRate.isFinite })
    else {
      throw .malformed(
        path: path,
        reason: "after \(Quantity.counted(step, "step")) of \(Quantity.counted(batch, "sequence")) it counts "
          + "\(Quantity.counted(progress.sequencesDrawn, "sequence")) and "
          + "\(Quantity.counted(progress.recentCount, "loss", "losses")), "
          + "\(Quantity.counted(progress.skippedSteps, "skipped step"))")
    }
    return progress
  }

  /// The optimiser as it was, for a model that was read from here.
  func optimizer(for model: Task.Model, _ options: Task.Options) throws(RunError) -> Task.ModelOptimizer {
    var optimizer = Task.makeOptimizer(for: model, options)
    var remembered: [ByteString: Tensor] = [:]
    for part in CheckpointPart.parts(ofOptimizer: optimizer) {
      for (entry, leaf) in zip(part.leaves, try read(part)) {
        if case .tensor(let tensor, _) = leaf { remembered[ByteString(entry.name)] = tensor }
      }
    }
    optimizer = optimizer.replacingTensors(
      with: optimizer.namedTensors.map {
        remembered[ByteString(CheckpointPart.nameInFile(ofOptimizer: $0.name))] ?? $0.tensor
      })
    optimizer.stepCount = progress.step - progress.skippedSteps
    return optimizer
  }

  /// Reads the model into its own memory, so that there is never a second copy of it.
  private func read(into model: inout Task.Model) throws(RunError) {
    let part = CheckpointPart(of: model)
    for (name, expected) in part.leaves {
      guard let entry = file[name],
        entry.dtype != expected.leaf.safetensorsDType || entry.shape != Array(expected.shape)
      else { continue }
      throw .malformed(
        path: path,
        reason:
          "\(name) is \(entry.dtype.rawValue) \(entry.shape.prefix(16)), not \(expected.elementName) \(expected.shape)")
    }
    do throws(SafetensorsError) { try file.read("\(part.name).", into: &model) } catch { throw .checkpoint(error) }
    var hash = ContentHash()
    for (_, leaf) in model.leaves { hash.add(leaf) }
    guard file.metadata[part.checksumKey] == hash.digits else { throw .altered(path: path) }
  }

  /// The file's leaves in the place of those of a part, in the same order.
  private func read(_ part: CheckpointPart) throws(RunError) -> [Leaf] {
    var hash = ContentHash()
    var leaves: [Leaf] = []
    for (name, expected) in part.leaves {
      // Older versions kept moments of constants too: they count in the checksum, and that is all.
      if !expected.isKept, file[name] == nil { continue }
      let found: Leaf
      do throws(SafetensorsError) { found = try file.leaf(name, like: expected.leaf) } catch {
        throw .checkpoint(error)
      }
      guard !expected.isKept || found.shape == expected.shape && found.elementName == expected.elementName else {
        throw .malformed(
          path: path,
          reason: "\(name) is \(found.elementName) \(found.shape), not \(expected.elementName) \(expected.shape)")
      }
      hash.add(found)
      leaves.append(found)
    }
    guard file.metadata[part.checksumKey] == hash.digits else { throw .altered(path: path) }
    return leaves
  }
}
