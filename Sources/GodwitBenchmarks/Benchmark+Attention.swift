import GodwitRandom
import GodwitTensor

extension Benchmark {
  /// H of all benchmarks of attention.
  static let attentionHeads = 8
  /// K and V of all benchmarks of attention.
  static let attentionWidth = 64

  /// An attention of one sequence by itself, or with the gradients of queries, keys and values.
  static func attention(
    _ subject: String, _ length: Int, operations: Double, isGradient: Bool,
    _ attend: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Benchmark {
    // Inputs are read and the result written; a gradient reads both once more and writes three of their size.
    let bytes = 4 * Double(attentionHeads * attentionWidth * length) * (isGradient ? 12 : 4)
    let mode = isGradient ? "forward+backward" : "forward"
    return Benchmark(
      "\(subject)/1x\(attentionHeads)x\(length)x\(attentionWidth)/\(mode)", work: Double(length), unit: "tokens",
      floor: .init(operations: operations, bytes: bytes)
    ) {
      var generator = Philox(seed: UInt64(length))
      let x = (0..<3).map { _ in
        Tensor(normal: 0, shape: [1, length, attentionHeads, attentionWidth], using: &generator)
      }
      guard isGradient else { return { consume(attend(x)) } }
      let dy = Tensor(normal: 0, shape: [1, length, attentionHeads, attentionWidth], using: &generator)
      return {
        let (_, pullback) = valueWithPullback(at: x, of: attend)
        consume(pullback(dy))
      }
    }
  }
}
