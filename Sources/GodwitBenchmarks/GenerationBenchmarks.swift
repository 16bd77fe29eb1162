import GodwitModels
import GodwitRandom
import GodwitTensor

/// One more byte from a model of width 256 with 4 blocks, after a short and after a long past.
enum GenerationBenchmarks {
  static let all: [Benchmark] = [
    byte("linear", after: 1_000), byte("linear", after: 100_000), byte("softmax", after: 1_000),
  ]

  private static func byte(_ mixer: String, after length: Int) -> Benchmark {
    Benchmark("generation/\(mixer)/after-\(length)", work: 1, unit: "bytes") {
      var generator = Philox(seed: 0)
      let configuration = LanguageModelConfiguration(mixer: mixer, width: 256, depth: 4, heads: 4)
      let model = try LanguageModel(configuration, using: &generator)
      var state = model.initialState(batch: 1)
      // Read in chunks, as generation reads a prompt.
      for start in stride(from: 0, to: length, by: 1_000) {
        let count = min(1_000, length - start)
        let values = (0..<count).map { _ in Int32.random(in: 0..<256, using: &generator) }
        consume(model.chunk(Indices(values, shape: [1, count]), state: &state))
      }
      let last = Indices([101], shape: [1])
      let past = state
      var steps = 0
      return {
        // Back to the same past now and then, as a state that grows would make each byte dearer.
        if steps % 64 == 0 { state = past }
        steps += 1
        consume(model.step(last, state: &state))
      }
    }
  }
}
