import Foundation
import Godwit
import GodwitTestSupport
import Testing

/// The snippets of the articles on Linformer, LSH attention and its hash by signs.
struct CompressedAttentionArticles {
  private let q, k, v, x: Tensor

  init() { (q, k, v, x) = articleOperands() }

  /// softmax(Q (E K)ᵀ / √K) F V. Heads are [B, H, T, K].
  func linformer(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ e: Tensor, _ f: Tensor) -> Tensor {
    let scores = matmul(q, matmul(e, k), transposeB: true) / Double(q.shape[3]).squareRoot()
    return matmul(softmax(scores), matmul(f, v))
  }

  @Test func linformerIsTheEquation() {
    let identity = Tensor(identity: 100, dtype: .float64)
    let rows = [q, k, v].map { $0.transposed([0, 2, 1, 3]) }
    let want = softmaxAttention(rows[0], rows[1], rows[2], causal: false)
    expectClose(linformer(q, k, v, identity, identity).transposed([0, 2, 1, 3]), want)

    var generator = Philox(seed: 1)
    let layer = Linformer(MixerOptions(width: 64, heads: 4), context: 100, mixtures: 16, using: &generator)
    let parts = layer.projections.queryKeyValue(x).reshaped([2, 100, 3, 4, 16]).transposed([2, 0, 3, 1, 4])
    let y = linformer(parts[0], parts[1], parts[2], layer.keyMixtures, layer.valueMixtures)
    expectClose(layer(x), layer.projections.output(y.transposed([0, 2, 1, 3]).reshaped([2, 100, 64])))
  }

  /// Attention to the others of the same bucket, of all pairs, and to oneself where there are none. [T, K] both.
  func withinBuckets(_ q: Tensor, _ v: Tensor, _ buckets: [Int32]) -> Tensor {
    let rule = buckets.indices.map { i in
      buckets.indices.map { j in i == j ? -1e30 : buckets[i] == buckets[j] ? 0 : -Double.infinity }
    }
    let key = q / sqrt(square(q).sum(along: 1, keepingAxis: true))
    let scores = matmul(q, key, transposeB: true) / Double(q.shape[1]).squareRoot()
    return matmul(softmax(scores + Tensor(rows: rule)), v)
  }

  @Test func lshAttention() {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 64)
    let hash = RandomRotationHash(width: 64, buckets: 8, rounds: 1, using: &generator)
    let layer = LSHAttention(options, hash: hash, chunk: 100, using: &generator)
    let parts = layer.queryValue(x).split([64, 64], along: 2)
    let rows = (0..<2).map { withinBuckets(parts[0][$0], parts[1][$0], hash(parts[0][$0]).values) }
    expectClose(layer(x), layer.output(stack(rows)))

    // Without bits there is one bucket: attention to all others.
    let single = SignRandomProjection(width: 64, bits: 0, rounds: 1, using: &generator)
    var full = LSHAttention(options, hash: single, chunk: 100, using: &generator)
    (full.queryValue, full.output) = (layer.queryValue, layer.output)
    let errors = [1, 4, 16].map { rounds in
      let hash = RandomRotationHash(width: 64, buckets: 8, rounds: rounds, using: &generator)
      var layer = LSHAttention(options, hash: hash, chunk: 10, using: &generator)
      (layer.queryValue, layer.output) = (full.queryValue, full.output)
      return square(layer(x) - full(x)).mean().item
    }
    #expect(errors[2] < errors[1] && errors[1] < errors[0])
  }

  @Test func signRandomProjection() {
    var generator = Philox(seed: 1)
    let hash = SignRandomProjection(width: 2, bits: 1, rounds: 10_000, using: &generator)
    let angle = 1.0
    let buckets = hash(Tensor(rows: [[1, 0], [cos(angle), sin(angle)]])).values
    let agreeing = zip(buckets.prefix(10_000), buckets.suffix(10_000)).count { $0 == $1 }
    #expect(abs(Double(agreeing) / 10_000 - (1 - angle / .pi)) < 0.02)
  }
}
