import GodwitRandom
import GodwitTensor

/// Matrix products M × N × K in float32, on one thread and on two.
enum MatrixBenchmarks {
  static let all: [Benchmark] = [1, 2].flatMap { threads in
    shapes.map { product($0, threads: threads) }
      + [(false, true), (true, false)].map { a, b in
        product((1024, 1024, 1024), threads: threads, transposeA: a, transposeB: b)
      } + [batched(threads: threads)]
  }

  private static let shapes = [
    (64, 64, 64), (256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (2048, 2048, 2048), (1024, 512, 2048),
    (1024, 2048, 512), (64, 512, 512), (8, 2048, 512), (1, 2048, 512), (1, 512, 2048),
  ]

  private static func product(
    _ shape: (m: Int, n: Int, k: Int), threads: Int, transposeA: Bool = false, transposeB: Bool = false
  ) -> Benchmark {
    let (m, n, k) = shape
    let variant = transposeA ? "transposed-a/" : transposeB ? "transposed-b/" : ""
    let operations = 2 * Double(m) * Double(n) * Double(k)
    // Small matrices stay in the caches between two calls; a large product reads and writes each once.
    let bytes = 4 * Double(m * k + k * n + m * n)
    return Benchmark(
      "matmul/\(m)x\(n)x\(k)/\(variant)\(threads)", work: operations, unit: "flop",
      floor: .init(operations: operations, bytes: bytes > 32e6 ? bytes : 0), threads: threads
    ) {
      var generator = Philox(seed: 1)
      let a = Tensor(uniform: -1..<1, shape: transposeA ? [k, m] : [m, k], using: &generator)
      let b = Tensor(uniform: -1..<1, shape: transposeB ? [n, k] : [k, n], using: &generator)
      return { consume(matmul(a, b, transposeA: transposeA, transposeB: transposeB)) }
    }
  }

  /// What attention in chunks asks for: many small products.
  private static func batched(threads: Int) -> Benchmark {
    let (batch, n, k) = (1024, 128, 64)
    let operations = 2 * Double(batch * n * n * k)
    return Benchmark(
      "matmul/\(batch)x\(n)x\(n)x\(k)/transposed-b/\(threads)", work: operations, unit: "flop",
      floor: .init(operations: operations, bytes: 4 * Double(batch * (2 * n * k + n * n))), threads: threads
    ) {
      var generator = Philox(seed: 1)
      let a = Tensor(uniform: -1..<1, shape: [batch, n, k], using: &generator)
      let b = Tensor(uniform: -1..<1, shape: [batch, n, k], using: &generator)
      return { consume(matmul(a, b, transposeB: true)) }
    }
  }
}
