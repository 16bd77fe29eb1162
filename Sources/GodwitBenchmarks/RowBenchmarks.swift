import GodwitKernels
import GodwitRandom
import GodwitTensor

/// Softmax, cross-entropy and normalisations over rows, and the sum of squares that clips gradients, as kernels: without
/// the making of their results.
enum RowBenchmarks {
  static let all: [Benchmark] = softmaxes + crossEntropies + normalizations + [squares]

  private static let softmaxes: [Benchmark] = [
    rows("softmax", 8192, 1024, forward: 2) { x in
      softmax(.float32, rows: x.rows, n: x.n, x[0], x.result(0))
    },
    rows("softmax", 8192, 1024, backward: 3) { x in
      softmaxGradient(.float32, rows: x.rows, n: x.n, y: x[0], dy: x[1], dx: x.result(0))
    },
  ]

  private static let crossEntropies: [Benchmark] = [
    rows("cross-entropy", 8192, 256, forward: 1) { x in
      crossEntropy(
        rows: x.rows, n: x.n, logits: x[0], targets: x.targets, loss: x.result(1), logSumExp: x.result(2))
    },
    rows("cross-entropy", 8192, 256, backward: 2) { x in
      crossEntropyGradient(
        rows: x.rows, n: x.n, logits: x[0], targets: x.targets, logSumExp: x[2], dLoss: x[1], dLogits: x.result(0))
    },
  ]

  private static let normalizations: [Benchmark] = [
    rows("layer-norm", 8192, 256, forward: 2) { x in
      layerNorm(
        rows: x.rows, n: x.n, epsilon: 1e-5, x[0], scale: x[1], shift: x[2], x.result(0), mean: x.result(1),
        inverse: x.result(2))
    },
    rows("layer-norm", 8192, 256, backward: 3) { x in
      layerNormGradient(
        rows: x.rows, n: x.n, x[0], scale: x[2], mean: x[2], inverse: x[2], dy: x[1], dx: x.result(0),
        dScale: x.result(1), dShift: x.result(2))
    },
    rows("rms-norm", 8192, 256, forward: 2) { x in
      rmsNorm(rows: x.rows, n: x.n, epsilon: 1e-5, x[0], scale: x[1], x.result(0), inverse: x.result(1))
    },
    rows("rms-norm", 8192, 256, backward: 3) { x in
      rmsNormGradient(
        rows: x.rows, n: x.n, x[0], scale: x[2], inverse: x[2], dy: x[1], dx: x.result(0), dScale: x.result(1))
    },
  ]

  private static let squares: Benchmark = {
    let count = 25_000_000
    return Benchmark(
      "sum-of-squares/\(count)", work: Double(count), unit: "elements",
      floor: .init(bytes: 4 * Double(count), traffic: .read)
    ) {
      var generator = Philox(seed: 1)
      let x = Tensor(normal: 0, shape: [count], using: &generator)
      return { consume(sumOfSquares(.float32, count: count, x.pointer)) }
    }
  }()

  /// A kernel over [rows, n]; the floor is its traffic with memory, which caches that hold the rows may beat.
  ///
  /// - Parameters:
  ///   - forward: how many arrays of that shape pass between memory and processor; likewise `backward`.
  private static func rows(
    _ name: String, _ rows: Int, _ n: Int, forward: Int = 0, backward: Int = 0,
    _ kernel: @escaping @Sendable (Operands) -> Void
  ) -> Benchmark {
    let count = Double(rows * n)
    return Benchmark(
      "rows/\(name)/\(rows)x\(n)/\(forward > 0 ? "forward" : "backward")", work: count, unit: "elements",
      floor: .init(bytes: 4 * count * Double(forward + backward), traffic: forward == 1 ? .read : .copy)
    ) {
      let operands = Operands(rows: rows, n: n)
      return { kernel(operands) }
    }
  }

  /// Inputs and results of a kernel over rows.
  private struct Operands: Sendable {
    let rows: Int
    let n: Int
    /// The classes of cross-entropy.
    let targets: [Int32]
    private let inputs: [Tensor]
    private let results: [Tensor]

    init(rows: Int, n: Int) {
      var generator = Philox(seed: 1)
      self.rows = rows
      self.n = n
      targets = (0..<rows).map { _ in Int32.random(in: 0..<Int32(n), using: &generator) }
      let (shape, vector): (Shape, Shape) = ([rows, n], [max(rows, n)])
      inputs = [
        Tensor(normal: 0, shape: shape, using: &generator), Tensor(normal: 0, shape: shape, using: &generator),
        Tensor(ones: vector),
      ]
      results = [Tensor(zeros: shape), Tensor(zeros: vector), Tensor(zeros: vector)]
    }

    /// Two arrays of the shape and a vector of ones.
    subscript(index: Int) -> UnsafePointer<Float> { inputs[index].floats }

    /// An array of the shape and two vectors.
    func result(_ index: Int) -> UnsafeMutablePointer<Float> { results[index].freshFloats }
  }
}
