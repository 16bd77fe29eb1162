import GodwitRandom
import GodwitTensor

/// What an operation costs beyond its arithmetic, and elementwise functions at the speed of memory.
enum OperationBenchmarks {
  static let all: [Benchmark] = [chain(elements: 1), chain(elements: 16), chain(elements: 1024)] + streams

  /// Forward and backward with recording, for each operation of a chain of multiplication, addition and relu.
  private static func chain(elements: Int) -> Benchmark {
    let links = 100
    return Benchmark("operation/\(elements)-element/forward+backward", work: Double(3 * links), unit: "operations") {
      let factor = Tensor(filled: 1.0001, shape: [elements])
      let offset = Tensor(filled: 0.0001, shape: [elements])
      let x = Tensor(ones: [elements])
      return {
        let gradient = gradient(at: x) { x in
          var y = x
          for _ in 0..<links { y = relu(y * factor + offset) }
          return elements == 1 ? y.reshaped([1]) : y.sum()
        }
        consume(gradient)
      }
    }
  }

  private static let streams: [Benchmark] = [
    stream("add", inputs: 2) { $0[0] + $0[1] },
    stream("exp", inputs: 1) { exp($0[0]) },
    stream("gelu", inputs: 1) { gelu($0[0]) },
    stream("softmax", inputs: 1) { softmax($0[0]) },
  ]

  private static func stream(
    _ name: String, inputs: Int, _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Benchmark {
    let shape: Shape = [16384, 1024]
    let count = Double(shape.elementCount)
    return Benchmark(
      "elementwise/\(name)/\(shape.elementCount)", work: count, unit: "elements",
      floor: .init(bytes: 4 * count * Double(inputs + 1))
    ) {
      var generator = Philox(seed: 1)
      let x = (0..<inputs).map { _ in Tensor(normal: 0, shape: shape, using: &generator) }
      return { consume(function(x)) }
    }
  }
}
