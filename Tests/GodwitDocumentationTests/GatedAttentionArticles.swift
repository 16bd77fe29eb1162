import Godwit
import GodwitTestSupport
import Testing

/// The snippets of `GatedAttentionUnit.md`, `FLASH.md` and `MixedChunkAttention.md`.
struct GatedAttentionArticles {
  @Test func gatedAttentionUnit() throws {
    /// y[t] = (U[t] ⊙ Σ relu(q[t] · k[s])² V[s] / ((t + 1) K)) Wₒ over s ≤ t.
    func unit(_ layer: GatedProjections, _ x: Tensor) -> Tensor {
      let width = layer.output.weight.shape[0]
      let parts = silu(layer.gateValue(x)).split([width, width], along: 2)
      let heads = layer.heads(silu(layer.shared(x)))
      let scores = matmul(heads.element(0, along: 2), heads.element(1, along: 2), transposeB: true)
      let seen = Tensor((1...x.shape[1]).map { 1 / Double($0) }).reshaped([x.shape[1], 1])
      let weights = reluSquared(scores).lowerTriangle() * seen / Double(heads.shape[3])
      return layer.output(parts[0] * matmul(weights, parts[1]))
    }

    var generator = Philox(seed: 1)
    let mixer = GatedAttentionUnit(MixerOptions(width: 64), using: &generator)
    let x = Tensor(normal: 0, shape: [2, 100, 64], using: &generator)
    expectClose(mixer(x), unit(mixer.projections, x))
    expectClose(try stepped(mixer, x), unit(mixer.projections, x))
  }

  @Test func flash() throws {
    /// The weights of all pairs of positions: squares within a chunk, products of sums between chunks.
    func weights(_ q: Tensor, _ k: Tensor, _ linearQ: Tensor, _ linearK: Tensor, chunk: Int) -> Tensor {
      let length = q.shape[1]
      let width = Double(q.shape[2])
      let chunks = Tensor((0..<length).map { Double($0 / chunk) })
      let same = equal(chunks.reshaped([length, 1]), chunks).lowerTriangle()
      let before = less(chunks, chunks.reshaped([length, 1]))
      let counts = maximum(chunks * Double(chunk), Tensor(1)).reshaped([length, 1])
      return reluSquared(matmul(q, k, transposeB: true)) * same / (Double(chunk) * width)
        + matmul(linearQ, linearK, transposeB: true) * before / counts
    }

    var generator = Philox(seed: 1)
    let mixer = FLASH(MixerOptions(width: 64, settings: ["chunk": 16]), using: &generator)
    let layer = mixer.projections
    let x = Tensor(normal: 0, shape: [2, 100, 64], using: &generator)
    let heads = layer.heads(silu(layer.shared(x)))
    let parts = silu(layer.gateValue(x)).split([128, 128], along: 2)
    let pairs = weights(
      heads.element(0, along: 2), heads.element(1, along: 2), heads.element(2, along: 2), heads.element(3, along: 2),
      chunk: 16)
    let quadratic = layer.output(parts[0] * matmul(pairs, parts[1]))
    expectClose(mixer(x), quadratic)
    expectClose(try stepped(mixer, x), quadratic)
  }

  @Test func mixedChunkAttention() throws {
    var generator = Philox(seed: 1)
    let mixer = MixedChunkAttention(MixerOptions(width: 64, heads: 4, settings: ["chunk": 16]), using: &generator)
    let x = Tensor(normal: 0, shape: [2, 100, 64], using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }
}

/// The outputs of a mixer that reads one position after another.
func stepped<Mixer: SequenceMixer>(_ mixer: Mixer, _ x: Tensor) throws -> Tensor {
  var state = mixer.initialState(batch: x.shape[0])
  return stack((0..<x.shape[1]).map { mixer.step(x.element($0, along: 1), state: &state) }, along: 1)
}
