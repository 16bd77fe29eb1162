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
          return .attention("sparse-attention/\(name)", length, operations: operations, isGradient: isGradient) {
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
        return .attention(
          "sparse-attention/topk", length, operations: scores + kept * (isGradient ? 5 : 1), isGradient: isGradient
        ) {
          topKAttention($0[0], $0[1], $0[2], count: largest)
        }
      }
    }

  private static let lengths = [1024, 2048, 4096, 8192, 16384, 32768]
  private static let (heads, width) = (Benchmark.attentionHeads, Benchmark.attentionWidth)
  private static let largest = 8

  private static let patterns: [(name: String, pattern: AttentionPattern)] = [
    ("local", .local(window: 256)), ("strided", .strided(128, window: 128)),
    ("longformer", .localAndGlobal(window: 256, globals: 16)),
    ("bigbird", .blocks(size: 64, window: 2, globals: 1, random: 1, seed: 1)),
  ]
}
