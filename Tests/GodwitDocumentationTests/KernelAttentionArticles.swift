import Foundation
import Godwit
import GodwitTestSupport
import Testing

/// The snippets of the articles on linear attention.
struct KernelAttentionArticles {
  private let q, k, v, x: Tensor

  init() { (q, k, v, x) = articleOperands() }

  /// Σ φ(q) · φ(k) v / Σ φ(q) · φ(k) over the past: every pair of positions. Heads are [B, H, T, K].
  func quadratic(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    let weights = matmul(q, k, transposeB: true).lowerTriangle()
    return matmul(weights, v) / weights.sum(along: -1, keepingAxis: true)
  }

  /// The same by running sums of outer products: a matrix for each position.
  func cumulative(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    let shape = k.shape
    let outer = matmul(k.reshaped(Array(shape) + [1]), v.reshaped(Array(v.shape.dropLast()) + [1, v.shape[3]]))
    let rows = q.reshaped(Array(shape.dropLast()) + [1, shape[3]])
    let sums = matmul(rows, outer.cumulativeSum(along: 2)).reshaped(v.shape)
    return sums / (q * k.cumulativeSum(along: 2)).sum(along: -1, keepingAxis: true)
  }

  /// The same one position after another: what is kept of the past has one size.
  func recurrent(_ q: Tensor, _ k: Tensor, _ v: Tensor) -> Tensor {
    var s = Tensor(zeros: [q.shape[0], q.shape[1], k.shape[3], v.shape[3]], dtype: q.dtype)
    var z = Tensor(zeros: [q.shape[0], q.shape[1], k.shape[3]], dtype: q.dtype)
    let outputs = (0..<q.shape[2]).map { t in
      let (query, key) = (q.slice(t..<(t + 1), along: 2), k.slice(t..<(t + 1), along: 2))
      s = s + matmul(key, v.slice(t..<(t + 1), along: 2), transposeA: true)
      z = z + key.element(0, along: 2)
      return matmul(query, s)
        / (query.element(0, along: 2) * z).sum(along: -1).reshaped([q.shape[0], q.shape[1], 1, 1])
    }
    return concatenate(outputs, along: 2)
  }

  @Test func linearAttentionInAllForms() throws {
    let (fq, fk) = (eluPlusOne(q), eluPlusOne(k))
    let want = quadratic(fq, fk, v)
    expectClose(cumulative(fq, fk, v), want)
    expectClose(recurrent(fq, fk, v), want)
    let rows = [q, k, v].map { $0.transposed([0, 2, 1, 3]) }
    expectClose(linearAttention(rows[0], rows[1], rows[2]).output.transposed([0, 2, 1, 3]), want)

    var generator = Philox(seed: 1)
    let mixer = LinearAttention(MixerOptions(width: 64, heads: 4), using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  struct ExponentialMap: FixedFeatureMap {
    static var name: String { "linear-exponential" }
    static var summary: String { "linear attention with the features e^x" }
    func callAsFunction(_ x: Tensor) -> Tensor { exp(x) }
  }

  @Test func aMapOfOnesOwn() throws {
    var generator = Philox(seed: 1)
    let mixer = KernelAttention<ExponentialMap>(MixerOptions(width: 64, heads: 4), using: &generator)
    // Features of e^x have many sizes: in float64 their sums do not hide a fault.
    let exact = mixer.mapTensors { $0.converted(to: .float64) }
    let input = x.converted(to: .float64)
    expectClose(try stepped(exact, input), exact(input))
  }

  @Test func noSoftmax() throws {
    let weightsFirst = matmul(matmul(q, k, transposeB: true), v)
    let stateFirst = matmul(q, matmul(k, v, transposeA: true))
    expectClose(weightsFirst, stateFirst)
    #expect(AssociationOrder.cheaper(length: 15, keyWidth: 16, valueWidth: 16) == .weightsFirst)
    #expect(AssociationOrder.cheaper(length: 16, keyWidth: 16, valueWidth: 16) == .stateFirst)

    var generator = Philox(seed: 1)
    let mixer = KernelAttention<IdentityMap>(MixerOptions(width: 64, heads: 4), using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func cosine() throws {
    func unit(_ x: Tensor) -> Tensor { x / sqrt(square(x).sum(along: -1, keepingAxis: true)) }
    let weights = (1 + matmul(unit(q), unit(k), transposeB: true)).lowerTriangle()
    let want = matmul(weights, v) / weights.sum(along: -1, keepingAxis: true)
    let map = CosineMap()
    let features = quadratic(map(q), map(k), v)
    expectClose(features, want)
    #expect(weights.min().item >= 0 && weights.max().item <= 2)

    var generator = Philox(seed: 1)
    let mixer = KernelAttention<CosineMap>(MixerOptions(width: 64, heads: 4), using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func efficient() {
    let (rows, columns) = (softmax(q), softmax(k.transposed).transposed)
    let weights = matmul(rows, columns, transposeB: true)
    expectClose(weights.sum(along: -1), Tensor(ones: [2, 2, 100], dtype: .float64))
    expectClose(matmul(weights, v), matmul(rows, matmul(columns, v, transposeA: true)))
  }

  @Test func performer() throws {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 64, heads: 4, standardDeviation: 0.05)
    let softmaxLayer = SoftmaxAttention(options, using: &generator)
    var mixer = Performer(options, using: &generator)
    mixer.projections = softmaxLayer.projections
    // More features come nearer to softmax attention with the same dense layers.
    mixer.featureMap = RandomFeatures(width: 16, count: 16, using: &generator)
    let few = square(mixer(x) - softmaxLayer(x)).mean().item
    mixer.featureMap = RandomFeatures(width: 16, count: 1024, using: &generator)
    let many = square(mixer(x) - softmaxLayer(x)).mean().item
    #expect(many < few / 8)

    expectClose(try stepped(mixer, x), mixer(x))
    mixer.redraw(using: &generator)
  }
}
