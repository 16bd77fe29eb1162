import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct ModelFileTests {
  @Test(arguments: MixerKind.names) func aModelIsReadAsItWasWritten(mixer: String) throws {
    let model = try TextGeneratorTests.model(mixer)
    let folder = try TemporaryFolder()
    try model.write(to: folder.path("model.safetensors"))
    let read = try LanguageModel(from: folder.path("model.safetensors"))
    #expect(read.fingerprint == model.fingerprint)
    #expect(read.configuration == model.configuration)
    let named = try LanguageModel(model.configuration, from: folder.path("model.safetensors"))
    #expect(named.fingerprint == model.fingerprint)
    // Plain names, in the order of the model.
    #expect(
      try SafetensorsFile(reading: folder.path("model.safetensors")).names == model.namedTensors.map(\.name))
  }

  /// No random numbers are drawn and no second copy is made.
  @Test func readingHoldsOneCopy() throws {
    var generator = Philox(seed: 1)
    let model = try LanguageModel(LanguageModelConfiguration(width: 512, depth: 2), using: &generator)
    let folder = try TemporaryFolder()
    let path = folder.path("model.safetensors")
    try model.write(to: path)
    let bytes = model.byteCount
    let before = MemoryCache.usedByteCount
    let (peak, read) = try MemoryCache.peakByteCount(of: { try LanguageModel(from: path) })
    #expect(read.fingerprint == model.fingerprint)
    // Other tests run at the same time, but none of them holds half of a model of this size.
    #expect(peak - before < bytes + bytes / 2)
  }

  @Test func whatDoesNotFitIsNamed() throws {
    let model = try TextGeneratorTests.model("linear")
    let folder = try TemporaryFolder()
    let path = folder.path("model.safetensors")
    var writer = SafetensorsWriter()
    for (name, tensor, _) in model.namedTensors {
      switch name {
      case "bytes.table": writer.add("byte.table", tensor)
      case "norm.scale": writer.add(name, Tensor(zeros: [3]))
      case "norm.shift": writer.add(name, tensor.converted(to: .float64))
      default: writer.add(name, tensor)
      }
    }
    try writer.write(to: path)
    let error = #expect(throws: ModelFileError.self) { try LanguageModel(model.configuration, from: path) }
    let text = text(of: error)
    #expect(text.contains("bytes.table is missing (is it byte.table?)"))
    #expect(text.contains("norm.scale has the shape [3], expected [16]"))
    #expect(text.contains("norm.shift holds F64, expected F32, F16 or BF16"))
    #expect(text.contains("byte.table is of no use here"))
    #expect(throws: ModelFileError.noConfiguration(path: path)) { try LanguageModel(from: path) }
    var large = model.configuration
    large.width = 4096
    #expect(throws: ModelFileError.self) { try LanguageModel(large, from: path) }
    #expect(throws: ModelFileError.self) { try LanguageModel(from: folder.path("none")) }
  }
}
