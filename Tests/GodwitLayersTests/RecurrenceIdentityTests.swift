import Foundation
import GodwitKernels
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// One recurrence under many names: what different fields compute with it must be equal.
@Suite struct RecurrenceIdentityTests {
  private static let length = 50

  private func noise(_ shape: Shape, _ dtype: DType, seed: UInt64 = 1) -> Tensor {
    var generator = Philox(seed: seed)
    return Tensor(normal: 0, shape: shape, using: &generator).converted(to: dtype)
  }

  /// m[k] = m[k − 1] + (v[k] − m[k − 1]) / k, the mean of Robbins and Monro.
  private func runningMeans(_ values: [Double]) -> [Double] {
    var mean = 0.0
    return values.enumerated().map { index, value in
      mean += (value - mean) / Double(index + 1)
      return mean
    }
  }

  /// The running mean is Robbins–Monro with steps 1 / k, HiPPO-LegS of one dimension discretised exactly, linear attention with
  /// constant keys, and RWKV that neither forgets nor prefers the present.
  @Test(arguments: DType.allCases) func theRunningMeanHasFourNames(dtype: DType) {
    let values = noise([1, Self.length, 1], dtype)
    let want = Tensor(runningMeans(values.scalars), shape: values.shape, dtype: dtype)
    let steps = (1...Self.length).map { 1 / Double($0) }
    func perPosition(_ x: [Double]) -> Tensor { Tensor(x, shape: [1, Self.length, 1], dtype: dtype) }
    expectClose(
      diagonalRecurrence(perPosition(steps.map { 1 - $0 }), values * perPosition(steps)), want, "LegS")
    let rows = values.reshaped([1, Self.length, 1, 1])
    let ones = Tensor(ones: rows.shape, dtype: dtype)
    expectClose(linearAttention(ones, ones, rows).output.reshaped(values.shape), want, "linear attention")
    let zero = Tensor(zeros: [1], dtype: dtype)
    for key in [0.0, 3, -80, 80] {
      let keys = Tensor(filled: key, shape: values.shape, dtype: dtype)
      expectClose(wkv(keys, values, decay: zero, bonus: zero).output, want, "RWKV, keys of \(key)")
    }
  }

  /// Adam's first moment with its correction is retention with γ = β₁ and constant keys, divided by its own weights.
  @Test(arguments: DType.allCases) func theFirstMomentOfAdamIsRetention(dtype: DType) {
    let (beta, gradients) = (0.9, noise([1, Self.length, 1, 1], dtype))
    var moment = 0.0
    let want = gradients.scalars.enumerated().map { index, gradient in
      moment = beta * moment + (1 - beta) * gradient
      return moment / (1 - pow(beta, Double(index + 1)))
    }
    let ones = Tensor(ones: gradients.shape, dtype: dtype)
    let decay = Tensor([log(beta)], shape: [1], dtype: dtype)
    func retained(_ x: Tensor) -> Tensor { outerProductRecurrence(ones, ones, x, logDecay: decay).output }
    expectClose(
      retained(gradients) / retained(ones), Tensor(want, shape: gradients.shape, dtype: dtype), "m̂")
  }

  /// Attention without softmax and without a divisor is retention with γ = 1, SSD with a = 1, and a selective scan with A = 0
  /// for each channel of the values.
  @Test(arguments: DType.allCases) func attentionWithoutSoftmaxHasFourNames(dtype: DType) {
    let (query, key) = (noise([2, Self.length, 1, 5], dtype, seed: 2), noise([2, Self.length, 1, 5], dtype, seed: 3))
    let value = noise([2, Self.length, 1, 3], dtype, seed: 4)
    func matrix(_ x: Tensor) -> Tensor { x.reshaped([2, Self.length, x.shape[3]]) }
    let scores = matmul(matrix(query), matrix(key), transposeB: true).lowerTriangle()
    let want = matmul(scores, matrix(value))
    let attention = linearAttention(query, key, value, featureMap: .identity, normalized: false).output
    expectClose(matrix(attention), want, "linear attention")
    for (name, decay) in [("retention", [1]), ("SSD", [2, Self.length, 1])] as [(String, Shape)] {
      let y = outerProductRecurrence(query, key, value, logDecay: Tensor(zeros: decay, dtype: dtype)).output
      expectClose(matrix(y), want, name)
    }
    let (u, a) = (matrix(value), Tensor(zeros: [3, 5], dtype: dtype))
    let scanned = selectiveScan(
      u, delta: Tensor(ones: u.shape, dtype: dtype), a: a, b: matrix(key), c: matrix(query)
    ).output
    expectClose(scanned, want, "selective scan")
  }

  /// What FLASH reads of the chunks before is the same sum, as it stood when the chunk began.
  @Test func theSumsOfFLASHAreThoseOfAttentionWithoutSoftmax() {
    let (length, chunk) = (40, 8)
    let parts = noise([1, length, 4, 1, 5], .float64, seed: 5)
    let values = noise([1, length, 1, 1, 3], .float64, seed: 6)
    let y = mixedChunkAttention(parts, values: values, chunk: chunk, local: false).output
    func part(_ index: Int) -> Tensor { parts.slice(index..<(index + 1), along: 2).reshaped([1, length, 1, 5]) }
    let rows = values.reshaped([1, length, 1, 3])
    for start in stride(from: chunk, to: length, by: chunk) {
      let before = outerProductRecurrence(
        part(2).slice(0..<start, along: 1), part(3).slice(0..<start, along: 1), rows.slice(0..<start, along: 1))
      let query = part(2).slice(start..<(start + chunk), along: 1).reshaped([chunk, 5])
      expectClose(
        y.slice(start..<(start + chunk), along: 1).reshaped([chunk, 3]),
        matmul(query, before.state.reshaped([5, 3])) / Double(start), "the chunk at \(start)")
    }
  }

  /// Gu and Dao 2023, theorem 1: with N = 1, A = −1 and Δ = softplus(z), zero-order hold makes the scan a gate,
  /// h[t] = (1 − σ(z)) h[t − 1] + σ(z) x[t].
  @Test(arguments: DType.allCases) func aSelectiveScanOfOneStateIsAGate(dtype: DType) {
    let shape: Shape = [2, Self.length, 3]
    let (z, x) = (noise(shape, dtype, seed: 7) * 3, noise(shape, dtype, seed: 8))
    let (gate, delta) = (sigmoid(z), softplus(z))
    let ones = Tensor(ones: [2, Self.length, 1], dtype: dtype)
    // The scan takes in Δ u, Euler's step; zero-order hold takes in (1 − e^(−Δ)) x, and 1 − e^(−Δ) = σ(z).
    let scanned = selectiveScan(
      x * gate / delta, delta: delta, a: Tensor(filled: -1, shape: [3, 1], dtype: dtype), b: ones, c: ones)
    expectClose(scanned.output, diagonalRecurrence(1 - gate, gate * x), "a gate")
  }

  /// Poisson arrivals at irregular distances: a state that fades by e^(−Δ) from event to event has faded by the time that passed.
  @Test func irregularStepsFadeByTheTimeThatPasses() throws {
    var generator = Philox(seed: 9)
    let times = try PoissonProcess(rate: 2).times(in: 0..<10, using: &generator)
    let gaps = zip(times, [0] + times).map { $0 - $1 }
    let shape: Shape = [1, times.count, 1]
    let zeros = Tensor(zeros: shape, dtype: .float64)
    let y = selectiveScan(
      zeros, delta: Tensor(gaps, shape: shape, dtype: .float64), a: Tensor([-1], shape: [1, 1], dtype: .float64),
      b: zeros,
      c: Tensor(ones: shape, dtype: .float64), initial: Tensor(ones: [1, 1, 1], dtype: .float64)
    ).output
    #expect(times.count > 5)
    expectClose(y, Tensor(times.map { exp(-$0) }, shape: shape, dtype: .float64), "e^(−t)")
  }
}
