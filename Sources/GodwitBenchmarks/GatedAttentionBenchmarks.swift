import GodwitLayers
import GodwitModels
import GodwitRandom
import GodwitTensor

/// FLASH and the gated attention unit by themselves, and what they replace: blocks of equal parameters, of width 512.
enum GatedAttentionBenchmarks {
  static let all: [Benchmark] =
    [512, 1024, 2048, 4096, 8192, 16384, 32768].flatMap { length in
      [false, true].map { layer("flash", length, isGradient: $0) }
    }
    + [1024, 2048, 4096].flatMap { length in
      [false, true].map { layer("gau", length, isGradient: $0) }
    }
    + [128, 256, 512, 1024, 2048, 4096, 8192].flatMap { length in
      ["flash", "transformer++"].flatMap { kind in [false, true].map { block(kind, length, isGradient: $0) } }
    }

  private static let (width, expanded, keyWidth, chunk) = (512, 1024, 128, 256)

  /// A layer with its projections, without norm and residual: chunks of 256, keys of width 128, values of twice the width.
  private static func layer(_ mixer: String, _ length: Int, isGradient: Bool) -> Benchmark {
    let (positions, attended) = (Double(length), Double(mixer == "flash" ? chunk + 1 : length + 1))
    // Multiplications and additions: the projections, half of each square of scores, and for FLASH the sums of outer
    // products; three times as much with the gradients.
    let projections = 2 * positions * Double(width * (3 * expanded + keyWidth))
    let squares = positions * attended * Double(keyWidth + expanded)
    let sums = mixer == "flash" ? 4 * positions * Double(keyWidth * expanded) : 0
    let operations = (projections + squares + sums) * (isGradient ? 3 : 1)
    return benchmark(
      "\(mixer)-layer/1x\(length)x\(width)", length, isGradient: isGradient, floor: .init(operations: operations)
    ) { generator in
      let kind = try MixerKind(named: mixer)
      let layer = try kind.make(MixerOptions(width: width, rotary: false), using: &generator)
      return (layer, { $0($1) })
    }
  }

  /// Residual blocks with norms: two of FLASH have the parameters of one of Transformer++, 12 D².
  private static func block(_ kind: String, _ length: Int, isGradient: Bool) -> Benchmark {
    benchmark("block/\(kind)/1x\(length)x\(width)", length, isGradient: isGradient, floor: nil) { generator in
      let configuration =
        kind == "flash"
        ? LanguageModelConfiguration(mixer: "flash", width: width, depth: 2, norm: .rms)
        : LanguageModelConfiguration(
          mixer: "softmax", width: width, depth: 1, heads: 8, feedForward: .swiglu, norm: .rms)
      let blocks = try LanguageModel(configuration, using: &generator).blocks
      return (
        blocks,
        { blocks, x in
          var context = ForwardContext.evaluation
          return blocks.reduce(x) { x, block in block(x, context: &context) }
        }
      )
    }
  }

  private static func benchmark<Layer: Module>(
    _ name: String, _ length: Int, isGradient: Bool, floor: Benchmark.Floor?,
    make: @escaping @Sendable (inout Philox) throws -> (Layer, @Sendable (Layer, Tensor) -> Tensor)
  ) -> Benchmark {
    Benchmark(
      "\(name)/\(isGradient ? "forward+backward" : "forward")", work: Double(length), unit: "tokens", floor: floor
    ) {
      var generator = Philox(seed: UInt64(length))
      let (layer, evaluate) = try make(&generator)
      let x = Tensor(normal: 0, shape: [1, length, width], using: &generator)
      guard isGradient else { return { consume(evaluate(layer, x)) } }
      let dy = Tensor(normal: 0, shape: x.shape, using: &generator)
      return {
        let (_, pullback) = valueWithPullback(at: Pair(layer, x)) { evaluate($0.first, $0.second) }
        consume(pullback(dy))
      }
    }
  }
}
