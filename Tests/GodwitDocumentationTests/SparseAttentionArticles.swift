import Godwit
import GodwitTestSupport
import Testing

/// The snippets of the articles on sparse attention.
struct SparseAttentionArticles {
  private let q, k, v, x: Tensor

  init() {
    var generator = Philox(seed: 1)
    func heads() -> Tensor { Tensor(normal: 0, shape: [2, 100, 2, 16], using: &generator) }
    (q, k, v) = (heads(), heads(), heads())
    x = Tensor(normal: 0, shape: [2, 100, 64], using: &generator)
  }

  /// softmax(Q Kᵀ / √K) V over the pairs that a rule allows, of all pairs.
  func dense(_ q: Tensor, _ k: Tensor, _ v: Tensor, _ sees: (_ t: Int, _ s: Int) -> Bool) -> Tensor {
    let positions = 0..<q.shape[1]
    let rule = Tensor(rows: positions.map { t in positions.map { s in sees(t, s) ? 0 : -Double.infinity } })
    let scores = matmul(q.transposed([0, 2, 1, 3]), k.transposed([0, 2, 3, 1])) / Double(q.shape[3]).squareRoot()
    return matmul(softmax(scores + rule), v.transposed([0, 2, 1, 3])).transposed([0, 2, 1, 3])
  }

  @Test func local() throws {
    let pattern = AttentionPattern.local(window: 16)
    expectClose(sparseAttention(q, k, v, pattern: pattern), dense(q, k, v) { t, s in s <= t && t - s < 16 })
    #expect(pattern.nonZeroCount(length: 100) == 100 * 16 - 16 * 15 / 2)

    var generator = Philox(seed: 1)
    let mixer = LocalAttention(MixerOptions(width: 64, heads: 4, settings: ["window": 16]), using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func strided() throws {
    let pattern = AttentionPattern.strided(10, window: 10)
    expectClose(
      sparseAttention(q, k, v, pattern: pattern),
      dense(q, k, v) { t, s in s <= t && ((t - s) % 10 == 0 || t - s < 10) })
    let (short, long) = (
      pattern.nonZeroCount(length: 100), AttentionPattern.strided(40, window: 40).nonZeroCount(length: 1600)
    )
    #expect(Double(long) / Double(short) < 70)  // 16 times the length: 64 times n √n, 256 times n²

    var generator = Philox(seed: 1)
    let mixer = StridedAttention(MixerOptions(width: 64, heads: 4, settings: ["stride": 10]), using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func longformer() throws {
    let pattern = AttentionPattern.localAndGlobal(window: 16, globals: 3)
    expectClose(
      sparseAttention(q, k, v, pattern: pattern), dense(q, k, v) { t, s in s <= t && (t - s < 16 || s < 3) })
    let both = AttentionPattern.localAndGlobal(window: 16, globals: 3, causal: false)
    expectClose(
      sparseAttention(q, k, v, pattern: both), dense(q, k, v) { t, s in abs(t - s) <= 16 || s < 3 || t < 3 })

    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 64, heads: 4, settings: ["window": 16, "globals": 3])
    let mixer = Longformer(options, using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func bigBird() throws {
    // Of blocks of 8 positions: the first, the last two, and one more.
    let lists = (0..<13).map { block in [0, block / 2, max(block - 1, 0), block] }
    let pattern = AttentionPattern.blocks(size: 8, lists: lists)
    expectClose(
      sparseAttention(q, k, v, pattern: pattern),
      dense(q, k, v) { t, s in s <= t && lists[t / 8].contains(s / 8) })

    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 64, heads: 4, settings: ["block": 8, "window": 2, "random": 1])
    let mixer = BigBird(options, using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func topK() throws {
    let scores = matmul(q.transposed([0, 2, 1, 3]), k.transposed([0, 2, 3, 1]))
    for (batch, head, t) in [(0, 0, 99), (1, 1, 50), (0, 1, 3)] {
      let past = scores[batch][head][t].scalars.prefix(t + 1)
      let kept = Set(past.indices.sorted { past[$0] > past[$1] }.prefix(8))
      let want = dense(q, k, v) { _, s in kept.contains(s) }
      let got = topKAttention(q, k, v, count: 8)
      expectClose(got[batch][t][head], want[batch][t][head])
    }

    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 64, heads: 4, settings: ["k": 8])
    let mixer = ExplicitSparseAttention(options, using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }
}
