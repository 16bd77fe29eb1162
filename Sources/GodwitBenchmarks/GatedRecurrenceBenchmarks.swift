import GodwitLayers
import GodwitRandom
import GodwitTensor

/// The gated recurrences at the sizes of models of 130M parameters (width 768, for Mamba 1,536 inner channels with 16 states), by
/// themselves and with their projections.
enum GatedRecurrenceBenchmarks {
  static let all: [Benchmark] =
    [512, 2048].flatMap { length in [scan(length, isGradient: false), scan(length, isGradient: true)] }
    + [2048, 8192, 32_768].flatMap { length in
      [weightedMean(length, isGradient: false), weightedMean(length, isGradient: true)]
    }
    + [convolution(2048, isGradient: false), convolution(2048, isGradient: true)]
    + fading
    + [recurrence(isGradient: false), recurrence(isGradient: true)]
    + ["mamba", "mamba2:state=128", "rwkv4", "retnet"].flatMap { mixer in
      [512, 1024, 2048, 4096, 8192, 16384, 32768].flatMap { length in
        [false, true].map { layer(mixer, length, isGradient: $0) }
      }
    }

  private static let (width, inner, states) = (768, 1536, 16)

  private static let fading: [Benchmark] = [false, true].flatMap { isGradient -> [Benchmark] in
    let shared = [512, 2048].map { length in
      fading(length, heads: 24, keyHeads: 1, keyWidth: 128, valueWidth: 64, isGradient: isGradient)
    }
    let own = [32, 64, 128, 256].map { keyWidth in
      let heads = width / keyWidth
      return fading(
        2048, heads: heads, keyHeads: heads, keyWidth: keyWidth, valueWidth: 2 * keyWidth, isGradient: isGradient)
    }
    return shared + own
  }

  /// The selective scan with its read-out. An exponential and three fused multiply-adds for each state; the gradient makes the
  /// states again and has eight.
  private static func scan(_ length: Int, isGradient: Bool) -> Benchmark {
    let elements = Double(length * inner * states)
    return operation(
      "selective-scan/1x\(length)x\(inner)x\(states)", length, isGradient: isGradient,
      // An exponential is ten operations.
      operations: elements * (isGradient ? 16 + 14 + 16 : 16), bytes: 4 * Double(length * inner) * (isGradient ? 8 : 3),
      shapes: [
        [1, length, inner], [1, length, inner], [inner, states], [1, length, states], [1, length, states], [inner],
      ]
    ) {
      selectiveScan($0[0], delta: abs($0[1]) * 0.1, a: -abs($0[2]), b: $0[3], c: $0[4], skip: $0[5]).output
    }
  }

  /// The outer-product recurrence with one decay per position: Mamba-2's with 24 heads that share queries and keys, and at the sizes
  /// of retention.
  private static func fading(
    _ length: Int, heads: Int, keyHeads: Int, keyWidth: Int, valueWidth: Int, isGradient: Bool
  ) -> Benchmark {
    let elements = Double(length * heads * keyWidth * valueWidth)
    let rows = Double(length * (2 * keyHeads * keyWidth + 2 * heads * valueWidth))
    return operation(
      "ssd/1x\(length)x\(heads)x\(valueWidth)x\(keyWidth)\(keyHeads == 1 ? "" : "/own-keys")", length,
      isGradient: isGradient, operations: elements * (isGradient ? 14 : 4), bytes: 4 * rows * (isGradient ? 3 : 1),
      shapes: [
        [1, length, heads, valueWidth], [1, length, keyHeads, keyWidth], [1, length, keyHeads, keyWidth],
        [1, length, heads],
      ]
    ) {
      outerProductRecurrence($0[1], $0[2], $0[0], logDecay: -abs($0[3])).output
    }
  }

  private static func weightedMean(_ length: Int, isGradient: Bool) -> Benchmark {
    operation(
      "wkv/1x\(length)x\(width)", length, isGradient: isGradient,
      operations: Double(length * width) * (isGradient ? 110 : 35),
      bytes: 4 * Double(length * width) * (isGradient ? 9 : 3),
      shapes: [[1, length, width], [1, length, width], [width], [width]]
    ) {
      wkv($0[0], $0[1], decay: abs($0[2]), bonus: $0[3]).output
    }
  }

  private static func convolution(_ length: Int, isGradient: Bool) -> Benchmark {
    operation(
      "causal-convolution/1x\(length)x\(inner)x4", length, isGradient: isGradient,
      operations: Double(length * inner) * (isGradient ? 60 : 22),
      bytes: 4 * Double(length * inner) * (isGradient ? 5 : 2),
      shapes: [[1, length, inner], [4, inner], [inner]]
    ) {
      causalConvolution($0[0], weight: $0[1], bias: $0[2], silu: true)
    }
  }

  /// h = a h + b over [8, 2048, 1536], beside c = a + b on the same arrays.
  private static func recurrence(isGradient: Bool) -> Benchmark {
    let (batch, length) = (8, 2048)
    let bytes = 4 * Double(batch * length * inner)
    let shape: Shape = [batch, length, inner]
    return operation(
      "diagonal-recurrence/\(batch)x\(length)x\(inner)", batch * length, isGradient: isGradient,
      operations: 2 * bytes / 4, bytes: bytes * (isGradient ? 8 : 3), shapes: [shape, shape],
      reference: isGradient ? nil : ("c = a + b", { $0[0] + $0[1] })
    ) { diagonalRecurrence($0[0], $0[1]) }
  }

  private static func operation(
    _ name: String, _ positions: Int, isGradient: Bool, operations: Double, bytes: Double, shapes: [Shape],
    reference: (name: String, evaluate: @Sendable ([Tensor]) -> Tensor)? = nil,
    _ evaluate: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Benchmark {
    Benchmark(
      "\(name)/\(isGradient ? "forward+backward" : "forward")", work: Double(positions), unit: "positions",
      floor: .init(operations: operations, bytes: bytes), reference: reference?.name
    ) {
      var generator = Philox(seed: UInt64(positions))
      let x = shapes.map { Tensor(normal: 0, standardDeviation: 0.5, shape: $0, using: &generator) }
      guard isGradient else {
        return Benchmark.Work(
          { consume(evaluate(x)) }, against: reference.map { other in { consume(other.evaluate(x)) } })
      }
      let dy = Tensor(normal: 0, shape: shapes[0], using: &generator)
      return Benchmark.Work {
        let (_, pullback) = valueWithPullback(at: x, of: evaluate)
        consume(pullback(dy))
      }
    }
  }

  /// A mixer with its projections, without norm and residual.
  private static func layer(_ mixer: String, _ length: Int, isGradient: Bool) -> Benchmark {
    let name = mixer.split(separator: ":")[0]
    return Benchmark(
      "layer/\(name)/1x\(length)x\(width)/\(isGradient ? "forward+backward" : "forward")", work: Double(length),
      unit: "tokens", floor: nil
    ) {
      var generator = Philox(seed: UInt64(length))
      let layer = try MixerKind(named: mixer).make(MixerOptions(width: width, heads: 12), using: &generator)
      let x = Tensor(normal: 0, shape: [1, length, width], using: &generator)
      guard isGradient else { return { consume(layer(x)) } }
      let dy = Tensor(normal: 0, shape: x.shape, using: &generator)
      return {
        let (_, pullback) = valueWithPullback(at: Pair(layer, x)) { $0.first($0.second) }
        consume(pullback(dy))
      }
    }
  }
}
