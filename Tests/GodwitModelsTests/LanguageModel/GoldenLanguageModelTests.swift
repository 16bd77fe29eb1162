import Foundation
import GodwitKernels
import GodwitLayers
import GodwitModels
import GodwitOptimization
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Against PyTorch: `Scripts/golden/language_model.py`, computed there in float64 and rounded to float32.
struct GoldenLanguageModelTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden")

  private struct Golden {
    let file: SafetensorsFile
    let tokens: Indices
    let model: LanguageModel

    init(_ mixer: String, _ dtype: DType) throws {
      let file = try SafetensorsFile(reading: folder.appendingPathComponent("language-model-\(mixer).safetensors").path)
      self.file = file
      let read = try file.tensor("tokens")
      tokens = Indices(read.scalars.map { Int32($0) }, shape: read.shape)
      let configuration = LanguageModelConfiguration(
        mixer: mixer, width: 32, depth: 2, heads: 4, context: 16, feedForward: .gelu, norm: .layer, positions: .learned,
        tiedHead: false, bias: true)
      var generator = Philox(seed: 1)
      let new = try LanguageModel(configuration, using: &generator)
      model = new.replacingTensors(
        with: try new.namedTensors.map { try Self.read(file, "start.\($0.name)", $0.tensor.shape, dtype) })
    }

    static func read(_ file: SafetensorsFile, _ name: String, _ shape: Shape, _ dtype: DType) throws -> Tensor {
      let tensor = try file.tensor(name)
      #expect(tensor.shape == shape, "\(name)")
      return tensor.converted(to: dtype)
    }
  }

  // The reference is rounded to float32, about 3e-8; and float32 arithmetic loses a few bits more.
  private func tolerance(_ dtype: DType) -> Double { dtype == .float64 ? 1e-7 : 5e-6 }

  @Test(arguments: ["softmax", "linear"], DType.allCases)
  func logitsLossAndGradients(mixer: String, dtype: DType) throws {
    let golden = try Golden(mixer, dtype)
    let inputs = Indices(
      (0..<3).flatMap { golden.tokens.values[($0 * 17)..<($0 * 17 + 16)] }, shape: [3, 16])
    var context = ForwardContext.evaluation
    let logits = golden.model(inputs, context: &context)
    expectClose(logits, try golden.file.tensor("logits").converted(to: dtype), tolerance: tolerance(dtype), "logits")
    let (loss, gradient) = valueWithGradient(at: golden.model) { model in
      var context = ForwardContext.evaluation
      return model.loss(golden.tokens, context: &context)
    }
    let losses = try golden.file.tensor("losses").scalars
    #expect(abs(loss.item - losses[0]) < (dtype == .float64 ? 1e-12 : 1e-5))
    let size = globalNorm(gradient)
    for (name, tensor, _) in gradient.namedTensors {
      let want = try Golden.read(golden.file, "gradient.\(name)", tensor.shape, dtype)
      // The gradient of the keys' bias is zero but for rounding, as softmax does not change when all scores do: so the
      // error is measured against the whole gradient too.
      let error = globalNorm(tensor - want)
      #expect(error <= tolerance(dtype) * max(globalNorm(want), 0.01 * size), "\(name)")
    }
  }

  @Test(arguments: ["softmax", "linear"], DType.allCases)
  func tenStepsOfAdamW(mixer: String, dtype: DType) throws {
    let golden = try Golden(mixer, dtype)
    var model = golden.model
    var optimizer = AdamW(
      for: model, AdamWOptions(learningRate: 1e-2, weightDecay: 0.1), group: ParameterGroup.decayingAll)
    for want in try golden.file.tensor("losses").scalars {
      let (loss, gradient) = valueWithGradient(at: model) { model in
        var context = ForwardContext.evaluation
        return model.loss(golden.tokens, context: &context)
      }
      #expect(abs(loss.item - want) < (dtype == .float64 ? 1e-9 : 2e-5))
      optimizer.update(&model, along: gradient)
    }
    for (name, tensor, _) in model.namedTensors {
      var (got, want) = (tensor, try Golden.read(golden.file, "end.\(name)", tensor.shape, dtype))
      if dtype == .float32, mixer == "softmax", name.hasSuffix("queryKeyValue.bias") {
        // The keys' bias has no gradient but rounding, which Adam makes a step of.
        (got, want) = (withoutKeys(got), withoutKeys(want))
      }
      expectClose(got, want, tolerance: dtype == .float64 ? 1e-7 : 1e-3, name)
    }
  }

  private func withoutKeys(_ bias: Tensor) -> Tensor {
    concatenate([bias.slice(0..<32, along: 0), bias.slice(64..<96, along: 0)])
  }
}
