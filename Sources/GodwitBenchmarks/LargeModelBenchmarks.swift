import GodwitModels
import GodwitRandom
import GodwitTensor

/// A Mamba of 130 million parameters, random ones: as wide as the published one of that size, with more blocks in place of the
/// table of its vocabulary. To write a byte is to read all weights once.
package enum LargeModelBenchmarks {
  package static let all: [Benchmark] = [byte(streams: 1), byte(streams: 8), prompt(512)]

  package static func model() throws -> LanguageModel {
    var generator = Philox(seed: 0)
    let configuration = LanguageModelConfiguration(
      mixer: "mamba", width: 768, depth: 34, norm: .rms, tiedHead: true, bias: false)
    return try LanguageModel(configuration, using: &generator)
  }

  /// In each block two dense layers, what makes step sizes, b and c, the convolution, the dynamics and a norm; the table and a norm.
  package static let parameters: Double = {
    let (width, inner, states, rank) = (768, 1536, 16, 48)
    let selection = inner * (rank + 2 * states) + rank * inner
    let block = 3 * width * inner + selection + inner * (4 + 1 + 1 + states + 1) + width
    return Double(34 * block + 256 * width + width)
  }()

  private static func byte(streams: Int) -> Benchmark {
    Benchmark(
      "generation/mamba-130m/\(streams == 1 ? "1-stream" : "\(streams)-streams")", work: Double(streams), unit: "bytes",
      floor: .init(operations: 2 * Double(streams) * parameters, bytes: 4 * parameters, traffic: .read)
    ) {
      let model = try model()
      var state = model.initialState(batch: streams)
      let tokens = Indices((0..<Int32(streams)).map { 101 + $0 })
      return { consume(model.step(tokens, state: &state)) }
    }
  }

  private static func prompt(_ length: Int) -> Benchmark {
    let operations = 2 * Double(length) * parameters
    return Benchmark(
      "generation/mamba-130m/prompt-\(length)", work: Double(length), unit: "bytes",
      floor: .init(operations: operations)
    ) {
      let model = try model()
      let text = Indices((0..<length).map { Int32($0 % 256) }, shape: [1, length])
      let last = Indices([Int32(length - 1)])
      return {
        var state = model.initialState(batch: 1)
        consume(model.chunk(text, at: last, state: &state))
      }
    }
  }
}
