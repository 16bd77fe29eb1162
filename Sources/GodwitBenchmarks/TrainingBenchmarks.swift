import GodwitLayers
import GodwitModels
import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// One step of training a byte-level language model (forward, backward, AdamW) of 4 blocks with 4 heads, layer norms, GELU,
/// learned positions, an untied head, as in GPT-2; the small one is the setting that nanoGPT gives for a CPU. Mamba and Mamba-2 are as
/// transformers has them: root mean square norms, no positions, the head tied.
enum TrainingBenchmarks {
  static let all: [Benchmark] =
    ["softmax", "linear"].flatMap {
      [step($0, batch: 8, context: 1024, width: 256), step($0, batch: 12, context: 64, width: 128)]
    } + ["mamba", "mamba2:state=128"].map { stateSpaceStep($0, batch: 8, context: 1024, width: 256) }

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
      try training(
        LanguageModelConfiguration(
          mixer: mixer, width: width, depth: depth, heads: 4, context: context, feedForward: .gelu, norm: .layer,
          positions: .learned), batch: batch)
    }
  }

  private static func stateSpaceStep(_ mixer: String, batch: Int, context: Int, width: Int) -> Benchmark {
    let tokens = Double(batch * context)
    let name = mixer.prefix { $0 != ":" }
    // Of the dense layers alone: the scan, of other operations than a matrix product's, comes on top.
    let (inner, rank) = (2 * width, width / 16)
    let block =
      name == "mamba"
      ? width * 2 * inner + inner * (rank + 32) + rank * inner + inner * width
      : width * (2 * inner + 256 + inner / 64) + inner * width
    return Benchmark(
      "training-step/\(name)/\(batch)x\(context)x\(width)x\(depth)", work: tokens, unit: "tokens",
      floor: .init(operations: 6 * tokens * Double(depth * block + 256 * width))
    ) {
      try training(
        LanguageModelConfiguration(
          mixer: mixer, width: width, depth: depth, context: context, norm: .rms, tiedHead: true, bias: false),
        batch: batch)
    }
  }

  /// A model with its optimiser, and what makes a step.
  private static func training(
    _ configuration: LanguageModelConfiguration, batch: Int
  ) throws -> () throws -> Void {
    var generator = Philox(seed: 0)
    var model = try LanguageModel(configuration, using: &generator)
    var optimizer = AdamW(for: model, AdamWOptions(learningRate: 3e-4))
    let length = configuration.context + 1
    let values = (0..<(batch * length)).map { _ in Int32.random(in: 0..<256, using: &generator) }
    let text = Indices(values, shape: [batch, length])
    return {
      var pass = ForwardContext(isTraining: true, generator: generator)
      let (loss, gradient) = valueWithGradient(at: model) { $0.loss(text, context: &pass) }
      optimizer.update(&model, along: gradient)
      consume(loss)
    }
  }
}
