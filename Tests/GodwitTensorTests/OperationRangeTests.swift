import GodwitKernels
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Operations on the largest and the smallest numbers: what float64 gives, where float32 can hold it.
struct OperationRangeTests {
  static let numbers = [
    0, 1e-40, 1e-30, 1e-20, 1e-10, 0.3, 1, 5, 15, 40, 89, 104, 1e4, 1e10, 1e17, 2e19, 1e30, 3.4e38,
  ].flatMap { [$0, -$0] }

  typealias Unary = @Sendable (Tensor) -> Tensor
  static let unary: [(name: String, run: Unary)] = [
    ("abs", { abs($0) }), ("square", { square($0) }), ("sqrt", { sqrt(abs($0) + 1e-30) }), ("exp", { exp($0) }),
    ("expm1", { expm1($0) }), ("log1p", { log1p(abs($0)) }), ("tanh", { tanh($0) }), ("sigmoid", { sigmoid($0) }),
    ("logSigmoid", { logSigmoid($0) }), ("erf", { erf($0) }), ("softplus", { softplus($0) }), ("silu", { silu($0) }),
    ("gelu", { gelu($0) }), ("geluTanh", { geluTanh($0) }), ("relu", { relu($0) }),
    ("reluSquared", { reluSquared($0) }),
    ("elu", { elu($0) }), ("eluPlusOne", { eluPlusOne($0) }), ("rsqrt", { rsqrt(abs($0) + 1e-20) }),
  ]

  @Test(arguments: unary.indices) func elementwise(index: Int) {
    let (name, run) = Self.unary[index]
    for number in Self.numbers {
      let x = Tensor([number])
      let exact = x.converted(to: .float64)
      expectHeld(run(x), run(exact), "\(name) of \(number)")
      let slope = gradient(at: exact) { run($0).sum() }
      expectHeld(gradient(at: x) { run($0).sum() }, slope, "derivative of \(name) at \(number)")
      expectHeld(
        directionalDerivative(at: x, along: Tensor([1.0]), of: run), slope, "forward derivative of \(name) at \(number)"
      )
    }
  }

  /// Rows of which float32 cannot hold the sum of squares, or the sum.
  static let rows: [[Double]] = [
    [1e19, -2e19, 3e19, 5e18, 1e19], [3e38, -3e38, 1e38, 3e38, 3e38], [3e38, 3e38, 3e38, 3e38, 1e38],
    [1e30, 1, -1e30, 0, 2e30], [1e16, 2e17, -1e17, 1e15, 3e17], [1e-30, 2e-30, -1e-30, 0, 1e-30],
    [1e-40, 3e-40, 0, -1e-40, 2e-40], [1, 2, -1, 3, 0.5],
  ]

  typealias RowOperation = @Sendable (Tensor) -> Tensor
  static let rowOperations: [(name: String, run: RowOperation)] = [
    ("rmsNorm", { rmsNorm($0, scale: Tensor([1, 2, -1, 3, 0.5], dtype: $0.dtype)) }),
    ("rmsNorm with a small epsilon", { rmsNorm($0, scale: Tensor(ones: [5], dtype: $0.dtype), epsilon: 1e-30) }),
    (
      "layerNorm",
      {
        layerNorm(
          $0, scale: Tensor([1, 2, -1, 3, 0.5], dtype: $0.dtype), shift: Tensor([0, 1, 2, 3, 4], dtype: $0.dtype))
      }
    ),
    ("softmax", { softmax($0) }), ("logSoftmax", { logSoftmax($0 * 0.25) }), ("logSumExp", { logSumExp($0) }),
    ("mean", { $0.mean(along: 1) }), ("variance", { $0.variance(along: 1) }), ("max", { $0.max(along: 1) }),
    ("crossEntropy", { crossEntropy($0 * 0.25, Indices([2], shape: [1])) }),
  ]

  @Test(arguments: rowOperations.indices) func rowsAtOnce(index: Int) {
    let (name, run) = Self.rowOperations[index]
    for row in Self.rows {
      let x = Tensor(row, shape: [1, 5])
      let exact = x.converted(to: .float64)
      expectHeld(run(x), run(exact), "\(name) of \(row)")
      let weights = Tensor([0.3, -1, 0.7, 2, 1])
      func slope(_ x: Tensor) -> Tensor {
        gradient(at: x) { x in
          let y = run(x)
          return (y * weights.converted(to: x.dtype).slice(0..<y.count, along: 0).reshaped(y.shape)).sum()
        }
      }
      // What is infinite has no slope.
      if run(x).scalars.contains(where: { !$0.isFinite }) { continue }
      expectHeld(slope(x), slope(exact), "gradient of \(name) at \(row)")
    }
  }

  @Test(arguments: [1, 1e18, 1e19, 1e25, 1e30, 3e38], [AttentionSide.query, .key]) func randomFeatures(
    size: Double, side: AttentionSide
  ) {
    var generator = Philox(seed: 4)
    let x = Tensor(normal: 0, shape: [7, 4], using: &generator) * (size / 4)
    let projection = Tensor(normal: 0, shape: [4, 6], using: &generator)
    let weights = Tensor(normal: 0, shape: [7, 6], using: &generator)
    func result(_ x: Tensor) -> Tensor {
      positiveRandomFeatures(x, projection: projection.converted(to: x.dtype), scale: 0.5, side: side)
    }
    func slope(_ x: Tensor) -> Tensor {
      gradient(at: x) { (result($0) * weights.converted(to: $0.dtype)).sum() }
    }
    let exact = x.converted(to: .float64)
    expectHeld(result(x), result(exact), "features of \(size)")
    expectHeld(slope(x), slope(exact), "gradient of features of \(size)")
  }

  /// Expects the nearest floats, infinite ones where float32 ends; relative to the largest element, as rows are.
  private func expectHeld(
    _ got: Tensor, _ want: Tensor, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let limit = Double(Float.greatestFiniteMagnitude)
    let wanted = want.scalars
    let largest = wanted.filter { abs($0) <= limit }.map { abs($0) }.max() ?? 0
    for (a, b) in zip(got.scalars, wanted) {
      let isHeld =
        abs(b) <= limit * 0.999
        ? abs(a - b) <= 1e-5 * largest + 2e-38 : a == b || abs(b) < limit * 1.001 || a.isInfinite && (a > 0) == (b > 0)
      #expect(isHeld, "\(what): got \(got.scalars), want \(wanted)", sourceLocation: sourceLocation)
      if !isHeld { return }
    }
  }
}
