import GodwitLayers
import GodwitRandom
import GodwitTensor

/// The three forms of each mixer on the same input: batch 1, 1,024 positions, width 256, 4 heads.
enum MixerBenchmarks {
  static let all: [Benchmark] = MixerKind.all.flatMap { kind in
    [
      form("parallel", kind) { mixer, x in
        var state = mixer.initialState(batch: 1)
        consume(mixer(x, state: &state))
      },
      form("chunked", kind) { mixer, x in
        var state = mixer.initialState(batch: 1)
        for start in stride(from: 0, to: length, by: chunk) {
          consume(mixer.chunk(x.slice(start..<(start + chunk), along: 1), state: &state))
        }
      },
      form("stepping", kind) { mixer, x in
        var state = mixer.initialState(batch: 1)
        for position in 0..<length { consume(mixer.step(x.element(position, along: 1), state: &state)) }
      },
    ]
  }

  private static let (length, width, chunk) = (1024, 256, 256)

  private static func form(
    _ form: String, _ kind: MixerKind, _ evaluate: @escaping @Sendable (AnyMixer, Tensor) -> Void
  ) -> Benchmark {
    Benchmark("mixer/\(kind.name)/1x\(length)x\(width)/\(form)", work: Double(length), unit: "positions") {
      var generator = Philox(seed: 0)
      let mixer = try kind.make(MixerOptions(width: width, heads: 4), using: &generator)
      let x = Tensor(normal: 0, shape: [1, length, width], using: &generator)
      return { evaluate(mixer, x) }
    }
  }
}
