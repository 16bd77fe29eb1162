import GodwitLayers
import GodwitModels
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// One step of training a byte-level language model (forward, backward, AdamW) of 4 blocks with 4 heads, layer norms, GELU,
/// learned positions, an untied head, as in GPT-2; the small one is the setting that nanoGPT gives for a CPU.
enum TrainingBenchmarks {
  static let all: [Benchmark] = ["softmax", "linear"].flatMap {
    [step($0, batch: 8, context: 1024, width: 256), step($0, batch: 12, context: 64, width: 128)]
  }

  private static let depth = 4

  private static func step(_ mixer: String, batch: Int, context: Int, width: Int) -> Benchmark {
    let tokens = Double(batch * context)
    // Multiplications and additions of the dense layers: 12 D² a block and 256 D for the head, three times as much with
    // the gradients; attention comes on top.
    let dense = 2 * Double(width) * Double(12 * width * depth + 256)
    let attention =
      mixer == "softmax"
      ? 7.0 / 3 * Double(width) * Double(context + 1) * Double(depth)
      : 16.0 / 3 * Double(width * width / 4) * Double(depth)
    return Benchmark(
      "training-step/\(mixer)/\(batch)x\(context)x\(width)x\(depth)", work: tokens, unit: "tokens",
      floor: .init(operations: 3 * tokens * (dense + attention))
    ) {
      var generator = Philox(seed: 0)
      let configuration = LanguageModelConfiguration(
        mixer: mixer, width: width, depth: depth, heads: 4, context: context, feedForward: .gelu, norm: .layer,
        positions: .learned)
      var model = try LanguageModel(configuration, using: &generator)
      var optimizer = AdamW(for: model, AdamWOptions(learningRate: 3e-4))
      let values = (0..<(batch * (context + 1))).map { _ in Int32.random(in: 0..<256, using: &generator) }
      let text = Indices(values, shape: [batch, context + 1])
      return {
        var pass = ForwardContext(isTraining: true, generator: generator)
        let (loss, gradient) = valueWithGradient(at: model) { $0.loss(text, context: &pass) }
        optimizer.update(&model, along: gradient)
        consume(loss)
      }
    }
  }
}
