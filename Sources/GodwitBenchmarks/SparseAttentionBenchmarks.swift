import GodwitRandom
import GodwitTensor

/// Causal sparse attention with one batch entry, 8 heads of width 64; a window of 256 positions, or as many pairs otherwise.
enum SparseAttentionBenchmarks {
  static let all: [Benchmark] =
    patterns.flatMap { name, pattern in
      lengths.flatMap { length in
        [false, true].map { isGradient in
          let pairs = Double(pattern.nonZeroCount(length: length))
          // Two products for each pair; the gradient makes five more, of which one repeats the first.
          let operations = 2 * pairs * Double(heads * width) * (isGradient ? 7 : 2)
          return attention(name, length, operations: operations, isGradient: isGradient) {
            sparseAttention($0[0], $0[1], $0[2], pattern: pattern)
          }
        }
      }
    }
    // All scores are needed, half of a square; what else there is follows the few that are kept.
    + lengths.prefix(4).flatMap { length in
      [false, true].map { isGradient in
        let scores = Double(heads * width) * Double(length) * Double(length + 1)
        let kept = 2 * Double(heads * width * length * largest)
        return attention("topk", length, operations: scores + kept * (isGradient ? 5 : 1), isGradient: isGradient) {
          topKAttention($0[0], $0[1], $0[2], count: largest)
        }
      }
    }

  private static let lengths = [1024, 2048, 4096, 8192, 16384, 32768]
  private static let (heads, width, largest) = (8, 64, 8)

  private static let patterns: [(name: String, pattern: AttentionPattern)] = [
    ("local", .local(window: 256)), ("strided", .strided(128, window: 128)),
    ("longformer", .localAndGlobal(window: 256, globals: 16)),
    ("bigbird", .blocks(size: 64, window: 2, globals: 1, random: 1, seed: 1)),
  ]

  private static func attention(
    _ pattern: String, _ length: Int, operations: Double, isGradient: Bool,
    _ attend: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Benchmark {
    // Inputs are read and the result written; a gradient reads both once more and writes three of their size.
    let bytes = 4 * Double(heads * width * length) * (isGradient ? 12 : 4)
    let mode = isGradient ? "forward+backward" : "forward"
    return Benchmark(
      "sparse-attention/\(pattern)/1x\(heads)x\(length)x\(width)/\(mode)", work: Double(length), unit: "tokens",
      floor: .init(operations: operations, bytes: bytes)
    ) {
      var generator = Philox(seed: UInt64(length))
      let x = (0..<3).map { _ in Tensor(normal: 0, shape: [1, length, heads, width], using: &generator) }
      guard isGradient else { return { consume(attend(x)) } }
      let dy = Tensor(normal: 0, shape: [1, length, heads, width], using: &generator)
      return {
        let (_, pullback) = valueWithPullback(at: x, of: attend)
        consume(pullback(dy))
      }
    }
  }
}
