import GodwitOptimization
import GodwitRandom
import GodwitTensor

/// A step of AdamW over 25 million parameters: as the tensors of a model of width 512, and as one.
enum OptimizerBenchmarks {
  static let all: [Benchmark] = [
    step("model", modelShapes), step("flat", [[25_000_000]]),
  ]

  private static let modelShapes: [Shape] =
    [Shape](repeating: [512, 512], count: 48)
    + (0..<6).flatMap { _ -> [Shape] in [[2048, 512], [512, 2048]] }
    + [Shape](repeating: [512], count: 72)

  private static func step(_ name: String, _ shapes: [Shape]) -> Benchmark {
    let count = Double(shapes.reduce(0) { $0 + $1.elementCount })
    // Parameter, gradient and both moments are read, and all but the gradient written.
    return Benchmark(
      "adamw/\(name)", work: count, unit: "parameters", floor: .init(bytes: 7 * 4 * count, traffic: .update)
    ) {
      var generator = Philox(seed: 0)
      var parameters = shapes.map { Tensor(normal: 0, shape: $0, using: &generator) }
      let gradient = shapes.map { Tensor(normal: 0, shape: $0, using: &generator) }
      var optimizer = AdamW(for: parameters)
      return { optimizer.update(&parameters, along: gradient) }
    }
  }
}
