import GodwitRandom
import GodwitTensor

/// Samples of the Philox generator at the speed of writing them.
enum RandomBenchmarks {
  static let all: [Benchmark] =
    [
      tensor("uniform", [16384, 1024]) { Tensor(uniform: 0..<1, shape: $0, using: &$1) },
      tensor("normal", [16384, 1024]) { Tensor(normal: 0, shape: $0, using: &$1) },
    ] + laws

  private static let laws: [Benchmark] = {
    guard let normal = try? Normal(), let exponential = try? Exponential(rate: 1),
      let gamma = try? Gamma(shape: 2.5, rate: 1), let few = try? Poisson(rate: 3),
      let many = try? Poisson(rate: 1000), let millions = try? Poisson(rate: 1e7)
    else { return [] }
    return [
      tensor("exponential", [10000, 1000]) { Tensor(samplesOf: exponential, shape: $0, using: &$1) },
      tensor("normal", [10000, 1000]) { Tensor(samplesOf: normal, shape: $0, using: &$1) },
      array("exponential", exponential), array("normal", normal), array("gamma-2.5", gamma), array("poisson-3", few),
      array("poisson-1000", many), array("poisson-10000000", millions),
    ]
  }()

  /// Float32, in memory that is used again.
  private static func tensor(
    _ name: String, _ shape: Shape, _ make: @escaping @Sendable (Shape, inout Philox) -> Tensor
  ) -> Benchmark {
    let count = Double(shape.elementCount)
    return Benchmark(
      "random/\(name)/\(shape.elementCount)", work: count, unit: "samples", floor: .init(bytes: 4 * count)
    ) {
      var generator = Philox(seed: 1)
      return { consume(make(shape, &generator)) }
    }
  }

  /// Ten million values of eight bytes in a new array.
  private static func array(_ name: String, _ law: some Distribution) -> Benchmark {
    let count = 10_000_000
    return Benchmark("samples/\(name)/\(count)", work: Double(count), unit: "samples") {
      var generator = Philox(seed: 1)
      return { consume(law.samples(count, using: &generator)) }
    }
  }
}
