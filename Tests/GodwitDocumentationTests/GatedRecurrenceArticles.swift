import Godwit
import GodwitTestSupport
import Testing

/// The snippets of `Retention.md`, `RWKV.md`, `Mamba.md` and `Mamba2.md`.
struct GatedRecurrenceArticles {
  @Test func retention() throws {
    /// (Q Kᵀ ⊙ D) V with D[t, s] = γ^(t − s) for s ≤ t; q, k, v [B, T, H, ...].
    func quadratic(_ q: Tensor, _ k: Tensor, _ v: Tensor, logDecay: Tensor) -> Tensor {
      let (length, heads) = (q.shape[1], q.shape[2])
      let positions = Tensor((0..<length).map { Double($0) })
      let ages = positions.reshaped([length, 1]) - positions
      let decays = exp(logDecay.reshaped([heads, 1, 1]) * ages).lowerTriangle()
      func perHead(_ x: Tensor) -> Tensor { x.transposed([0, 2, 1, 3]) }
      return perHead(matmul(matmul(perHead(q), perHead(k), transposeB: true) * decays, perHead(v)))
    }

    var generator = Philox(seed: 1)
    func heads(_ width: Int) -> Tensor { Tensor(normal: 0, shape: [2, 50, 4, width], using: &generator) }
    let (q, k, v) = (heads(16), heads(16), heads(32))
    let logDecay = log1p(-Tensor([1.0 / 32, 1.0 / 64, 1.0 / 128, 1.0 / 256]))
    expectClose(outerProductRecurrence(q, k, v, logDecay: logDecay).output, quadratic(q, k, v, logDecay: logDecay))

    let mixer = Retention(MixerOptions(width: 64, heads: 4, rotary: true), using: &generator)
    let x = Tensor(normal: 0, shape: [2, 50, 64], using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func rwkv() throws {
    var generator = Philox(seed: 1)
    let values = Tensor(normal: 0, shape: [2, 50, 64], using: &generator)
    let zeros = Tensor(zeros: [64])
    let counts = Tensor((1...50).map { Double($0) }).reshaped([50, 1])
    let mean = wkv(Tensor(zeros: values.shape), values, decay: zeros, bonus: zeros).output
    expectClose(mean, values.cumulativeSum(along: 1) / counts)

    let mixer = RWKVTimeMix(MixerOptions(width: 64), using: &generator)
    let x = Tensor(normal: 0, shape: [2, 50, 64], using: &generator)
    expectClose(try stepped(mixer, x), mixer(x))
  }

  @Test func mamba() throws {
    var generator = Philox(seed: 1)
    func samples() -> Tensor { Tensor(normal: 0, shape: [2, 50, 1], using: &generator) }
    let (x, z) = (samples(), samples())
    let (delta, gate) = (softplus(z), sigmoid(z))
    let gated = selectiveScan(x, delta: delta, a: -Tensor(ones: [1, 1]), b: gate / delta, c: Tensor(ones: x.shape))
    expectClose(gated.output, diagonalRecurrence(1 - gate, gate * x))

    let mixer = Mamba(MixerOptions(width: 64), using: &generator)
    let sequence = Tensor(normal: 0, shape: [2, 50, 64], using: &generator)
    expectClose(try stepped(mixer, sequence), mixer(sequence))
  }

  @Test func mamba2() throws {
    /// (L ⊙ C Bᵀ) X with L[t, s] = a[s + 1] ⋯ a[t]; log a [B, T, H].
    func quadratic(_ c: Tensor, _ b: Tensor, _ x: Tensor, logDecay: Tensor) -> Tensor {
      func perHead(_ x: Tensor) -> Tensor { x.transposed([0, 2, 1, 3]) }
      let sums = logDecay.cumulativeSum(along: 1).transposed([0, 2, 1])
      let (batch, count, length) = (sums.shape[0], sums.shape[1], sums.shape[2])
      let passed = sums.reshaped([batch, count, length, 1]) - sums.reshaped([batch, count, 1, length])
      // What is above the diagonal may be beyond all numbers.
      let decays = exp(minimum(passed, Tensor(0))).lowerTriangle()
      return perHead(matmul(decays * matmul(perHead(c), perHead(b), transposeB: true), perHead(x)))
    }

    var generator = Philox(seed: 1)
    func heads(_ width: Int) -> Tensor { Tensor(normal: 0, shape: [2, 50, 4, width], using: &generator) }
    let (c, b, x) = (heads(8), heads(8), heads(16))
    let logDecay = -softplus(Tensor(normal: 0, shape: [2, 50, 4], using: &generator))
    expectClose(outerProductRecurrence(c, b, x, logDecay: logDecay).output, quadratic(c, b, x, logDecay: logDecay))

    let mixer = Mamba2(MixerOptions(width: 64), using: &generator)
    let sequence = Tensor(normal: 0, shape: [2, 50, 64], using: &generator)
    expectClose(try stepped(mixer, sequence), mixer(sequence))
  }
}
