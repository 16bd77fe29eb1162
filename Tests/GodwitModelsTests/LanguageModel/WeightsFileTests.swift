import Foundation
import GodwitKernels
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Weights in and out.
@Suite struct WeightsFileTests {
  private let run: SmallRun
  private var plain: String { run.path("plain.safetensors") }

  init() throws { run = try SmallRun() }

  private func model(_ configuration: LanguageModelConfiguration) throws -> LanguageModel {
    var generator = Philox(seed: 9)
    return try LanguageModel(configuration, using: &generator)
  }

  /// The file of a model with some of its tensors changed.
  private func write(_ model: LanguageModel, _ change: (String, Tensor) -> Tensor?) throws {
    var writer = SafetensorsWriter()
    for (name, tensor, _) in model.namedTensors { change(name, tensor).map { writer.add(name, $0) } }
    try writer.write(to: plain)
  }

  private func problems() throws -> [String] {
    let error = #expect(throws: WeightsError.self) { try WeightsFile(reading: plain).model(run.model) }
    guard case .tensors(_, let problems) = error else {
      unexpected(error)
      return []
    }
    return problems
  }

  @Test(arguments: ["linear", "performer", "softmax", "flash"]) func whatIsExportedIsReadAgain(mixer: String) throws {
    let configuration = LanguageModelConfiguration(mixer: mixer, width: 16, depth: 2, heads: 2, context: 16)
    let model = try model(configuration)
    try model.write(to: plain)
    let file = try SafetensorsFile(reading: plain)
    #expect(Set(file.names) == Set(model.leaves.map(\.name)))
    let read = try WeightsFile(reading: plain)
    #expect(read.configuration == configuration)
    #expect(try LanguageModel(from: plain).fingerprint == model.fingerprint)
    let again = try read.model(configuration)
    #expect(again.tensors.map(\.floatScalars) == model.tensors.map(\.floatScalars))
  }

  /// No random numbers are drawn, and no second copy is made. In a process of its own, as what other tests hold would count.
  @Test func readingHoldsOneCopy() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = folder.path("model.safetensors")
      var generator = Philox(seed: 9)
      let model = try LanguageModel(LanguageModelConfiguration(width: 512, depth: 2), using: &generator)
      try model.write(to: path)
      let (bytes, before) = (model.byteCount, MemoryCache.usedByteCount)
      let (peak, read) = try MemoryCache.peakByteCount(of: { try LanguageModel(from: path) })
      #expect(read.fingerprint == model.fingerprint)
      #expect(peak - before < bytes + bytes / 8)
    }
  }

  @Test func aFileWithoutAnArchitectureIsAnError() throws {
    try write(try model(run.model)) { $1 }
    let error = #expect(throws: WeightsError.self) { try LanguageModel(from: plain) }
    guard case .noConfiguration(plain) = error else { return unexpected(error) }
  }

  @Test func trainingBeginsWithThem() throws {
    var run = run
    let model = try model(run.model)
    try model.write(to: plain)
    run.options.steps = 1
    run.options.learningRate = 1e-12
    run.options.weightDecay = 0
    var request = run.request("a")
    request.weights = plain
    try Trainer(request).train { _ in }
    let trained = try Run(loading: run.path("a"))
    #expect(trained.configuration.fineTunedFrom == plain)
    for (x, y) in zip(model.tensors, try trained.model(.last).tensors) {
      for (a, b) in zip(x.floatScalars, y.floatScalars) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func everyDifferenceIsNamed() throws {
    try write(try model(run.model)) { name, tensor in
      switch name {
      case "head.weight": nil
      case "blocks.1.mixer.output.weight": tensor.reshaped([tensor.count])
      default: tensor
      }
    }
    #expect(
      try problems() == [
        "blocks.1.mixer.output.weight is [256], not [16, 16]", "head.weight [16, 256] is missing",
      ])
    var wide = run.model
    wide.feedForward = .swiglu
    wide.hidden = 64
    try write(try model(wide)) { $1 }
    #expect(try problems().contains("blocks.0.feedForward.gate.weight is no part of the model"))
    try write(try model(run.model)) { name, tensor in name == "head.bias" ? tensor : nil }
    #expect(try problems() == ["it holds 1,024 bytes, too few for this model"])
  }

  @Test func numbersOfAnyWidthAreRead() throws {
    let model = try model(run.model)
    try write(model) { Tensor($1.scalars, shape: $1.shape, dtype: .float64) }
    let read = try WeightsFile(reading: plain).model(run.model)
    #expect(read.tensors.map(\.floatScalars) == model.tensors.map(\.floatScalars))
  }

  @Test func aCheckpointStaysProtected() throws {
    try run.train("a")
    let path = run.checkpoint("a", .best)
    let read = try WeightsFile(reading: path)
    #expect(read.configuration == run.model)
    #expect(
      try read.model(run.model).tensors.map(\.floatScalars)
        == Run(loading: run.path("a")).model().tensors.map(\.floatScalars))
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: URL(filePath: path))
    let error = #expect(throws: WeightsError.self) { try WeightsFile(reading: path).model(run.model) }
    guard case .checkpoint(.altered) = error else { return unexpected(error) }
  }

  @Test func noFileStopsTheProgram() throws {
    try model(run.model).write(to: plain)
    let good = try Data(contentsOf: URL(filePath: plain))
    var generator = Philox(seed: 3)
    for round in 0..<200 {
      var bytes = good
      if round < 40 {
        bytes = good.prefix(Int.random(in: 0..<good.count, using: &generator))
      } else {
        bytes[Int.random(in: 0..<3000, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      try bytes.write(to: URL(filePath: plain))
      do throws(WeightsError) { _ = try WeightsFile(reading: plain).model(run.model) } catch {
        #expect("\(error)".contains(plain))
      }
    }
  }
}
