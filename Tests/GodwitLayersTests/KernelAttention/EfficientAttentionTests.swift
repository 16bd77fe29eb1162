import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct EfficientAttentionTests {
  private let layer: EfficientAttention
  private let x: Tensor

  init() {
    var generator = Philox(seed: 1)
    layer = EfficientAttention(MixerOptions(width: 12, heads: 2), using: &generator)
      .mapTensors { $0.converted(to: .float64) }
    x = Tensor(normal: 0, shape: [2, 15, 12], dtype: .float64, using: &generator)
  }

  /// softmax(Q) softmax(K)ᵀ of each head, [B, H, T, T].
  private func implicit(_ query: Tensor, _ key: Tensor) -> Tensor {
    let shares = exp(key) / exp(key).sum(along: 1, keepingAxis: true)
    return matmul(softmax(query.swappingAxes(1, 2)), shares.swappingAxes(1, 2), transposeB: true)
  }

  @Test func theImplicitMatrixAverages() {
    var matrix: Tensor?
    let want = layer.projections.around(x) { query, key, value in
      matrix = implicit(query, key)
      return matmul(matrix!, value.swappingAxes(1, 2)).swappingAxes(1, 2)
    }
    #expect(matrix!.scalars.allSatisfy { $0 >= 0 })
    #expect(matrix!.sum(along: 3).scalars.allSatisfy { abs($0 - 1) < 1e-14 })
    expectClose(layer(x), want)
    expectClose(
      layer.mapTensors { $0.converted(to: .float32) }(x.converted(to: .float32)), want.converted(to: .float32))
  }

  @Test func gradientsAreThoseOfTheMatrixForm() {
    let got = gradient(at: Pair(layer, x)) { square($0.first($0.second)).sum() }
    let want = gradient(at: Pair(layer, x)) {
      square(
        $0.first.projections.around($0.second) { matmul(implicit($0, $1), $2.swappingAxes(1, 2)).swappingAxes(1, 2) }
      ).sum()
    }
    for (got, want) in zip(got.namedTensors, want.namedTensors) { expectClose(got.tensor, want.tensor, got.name) }
  }

  /// The softmax over positions sees the whole sequence.
  @Test func itIsNotCausal() { #expect(causalityViolation(of: { layer($0) }, input: x) != nil) }
}
