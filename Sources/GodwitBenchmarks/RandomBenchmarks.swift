import GodwitRandom
import GodwitTensor

/// Samples of the Philox generator at the speed of writing them.
enum RandomBenchmarks {
  static let all: [Benchmark] = [
    samples("uniform") { shape, generator in Tensor(uniform: 0..<1, shape: shape, using: &generator) },
    samples("normal") { shape, generator in Tensor(normal: 0, shape: shape, using: &generator) },
  ]

  private static func samples(
    _ name: String, _ make: @escaping @Sendable (Shape, inout Philox) -> Tensor
  ) -> Benchmark {
    let shape: Shape = [16384, 1024]
    let count = Double(shape.elementCount)
    return Benchmark(
      "random/\(name)/\(shape.elementCount)", work: count, unit: "samples", floor: .init(bytes: 4 * count)
    ) {
      var generator = Philox(seed: 1)
      return { consume(make(shape, &generator)) }
    }
  }
}
