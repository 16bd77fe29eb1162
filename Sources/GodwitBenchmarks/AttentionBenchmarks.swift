import GodwitLayers
import GodwitRandom
import GodwitTensor

/// Causal attention with one batch entry, 8 heads of width 64: linear and softmax.
enum AttentionBenchmarks {
  static let all: [Benchmark] =
    [1024, 2048, 4096, 8192, 16384, 32768, 65536].flatMap { length in
      [linear(length, isGradient: false), linear(length, isGradient: true)]
    }
    + [1024, 2048, 4096, 8192, 16384, 32768].flatMap { length in
      [performer(length, isGradient: false), performer(length, isGradient: true)]
    }
    + [512, 1024, 2048, 4096, 8192].flatMap { length in
      [softmax(length, isGradient: false), softmax(length, isGradient: true)]
    }

  private static let (heads, width) = (Benchmark.attentionHeads, Benchmark.attentionWidth)

  /// Katharopoulos et al. 2020 with elu + 1 and the normaliser.
  private static func linear(_ length: Int, isGradient: Bool) -> Benchmark {
    // S += k vᵀ and Sᵀ q at each position; the gradient is three scans of twice that form, on top of the value.
    let forward = 4 * Double(heads * length * width * width)
    let operations = isGradient ? 4 * forward : forward
    return .attention("linear-attention", length, operations: operations, isGradient: isGradient) {
      linearAttention($0[0], $0[1], $0[2]).output
    }
  }

  /// Choromanski et al. 2021: 256 positive random features for each head, and linear attention of them.
  private static func performer(_ length: Int, isGradient: Bool) -> Benchmark {
    let features = 256
    let products = Double(heads * length * width * features)
    // Features of queries and keys, whose gradient costs as much again; then S += k vᵀ and Sᵀ q, and three times that.
    let operations = isGradient ? 8 * products + 16 * products : 4 * products + 4 * products
    var generator = Philox(seed: 0)
    let map = RandomFeatures(width: width, count: features, using: &generator)
    return .attention("performer", length, operations: operations, isGradient: isGradient) {
      linearAttention(
        map.queries($0[0]), map.keys($0[1]), $0[2], featureMap: .identity, epsilon: RandomFeatures.epsilon
      ).output
    }
  }

  private static func softmax(_ length: Int, isGradient: Bool) -> Benchmark {
    // Two products over half of the square; the gradient makes five more, of which one repeats the first.
    let product = Double(heads * width) * Double(length) * Double(length + 1)
    return .attention("softmax-attention", length, operations: product * (isGradient ? 7 : 2), isGradient: isGradient) {
      softmaxAttention($0[0], $0[1], $0[2])
    }
  }
}
