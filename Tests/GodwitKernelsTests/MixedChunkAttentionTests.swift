import Testing

@testable import GodwitKernels

/// The kernels of attention with squared weights against sums over all pairs in float64, under every instruction set.
@Suite struct MixedChunkAttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var length, heads, keyWidth, valueWidth, chunk: Int
    var causal = true
    var gated = true
    var position = 0
    var testDescription: String {
      "T\(length) H\(heads) K\(keyWidth) V\(valueWidth) chunk \(chunk) causal \(causal) gated \(gated) at \(position)"
    }
    var shape: MixedChunkShape {
      MixedChunkShape(
        batch: 2, heads: heads, length: length, keyWidth: keyWidth, valueWidth: valueWidth, chunk: chunk,
        causal: causal, position: position)
    }
  }

  // Chunks beyond 128 are computed in several runs of queries.
  static let cases = [
    Case(length: 300, heads: 1, keyWidth: 12, valueWidth: 33, chunk: 140),
    Case(length: 9, heads: 1, keyWidth: 4, valueWidth: 5, chunk: 1 << 30),
    Case(length: 140, heads: 2, keyWidth: 5, valueWidth: 7, chunk: 140, gated: false),
    Case(length: 299, heads: 1, keyWidth: 16, valueWidth: 20, chunk: 64, position: 128),
    Case(length: 150, heads: 2, keyWidth: 3, valueWidth: 9, chunk: 40, causal: false),
    Case(length: 290, heads: 1, keyWidth: 8, valueWidth: 70, chunk: 135, causal: false, gated: false),
  ]

  @Test(arguments: cases, InstructionSet.supported) func agreesWithAllPairs(test: Case, isa: InstructionSet) {
    let shape = test.shape
    let rows = shape.batch * shape.length * shape.heads
    var noise = RecurrenceNoise(seed: 5)
    let naive = NaiveMixedChunk(
      shape: shape, x: noise.array(4 * rows * shape.keyWidth), values: noise.array(rows * shape.valueWidth),
      gates: test.gated ? noise.array(rows * shape.valueWidth) : nil,
      past: noise.array(shape.batch * shape.heads * shape.stateCount))
    let dy = noise.array(rows * shape.valueWidth)
    let dFinal = noise.array(shape.batch * shape.heads * shape.stateCount)
    let want = naive.gradient(dy, dFinal)

    var (x, v) = (naive.x.map(Float.init), naive.values.map(Float.init))
    var (dx, dv) = (x, v)
    var gates = naive.gates?.map(Float.init) ?? []
    var dGates = gates
    let past = naive.past.map(Float.init)
    var (final, added, dPast) = (past, past, past)
    var (y, attended) = (v, v)
    var means = [Float](repeating: .nan, count: past.count * shape.chunks)
    var d = dy.map(Float.init)
    let width = shape.heads * shape.valueWidth
    func place(_ p: UnsafeMutablePointer<Float>) -> MutableAttentionRows {
      MutableAttentionRows(pointer: p, batchStride: shape.length * width, rowStride: width)
    }
    func operands(_ x: inout [Float], _ v: inout [Float], _ g: inout [Float]) -> MixedChunkOperands {
      MixedChunkOperands(
        queriesAndKeys: x.withUnsafeMutableBufferPointer { $0.baseAddress! },
        values: place(v.withUnsafeMutableBufferPointer { $0.baseAddress! }),
        gates: test.gated ? place(g.withUnsafeMutableBufferPointer { $0.baseAddress! }) : nil)
    }
    let inputs = operands(&x, &v, &gates)
    let gradients = operands(&dx, &dv, &dGates)
    let kept = place(attended.withUnsafeMutableBufferPointer { $0.baseAddress! })
    mixedChunkAttention(
      shape, inputs, initial: test.causal ? past : nil, means: &means, final: &final, added: &added,
      attended: test.gated ? kept : nil, out: place(y.withUnsafeMutableBufferPointer { $0.baseAddress! }), on: isa)
    let dFinalFloats = dFinal.map(Float.init)
    mixedChunkAttentionGradient(
      shape, inputs, means: &means, attended: test.gated ? kept : nil,
      dOut: place(d.withUnsafeMutableBufferPointer { $0.baseAddress! }), dFinal: test.causal ? dFinalFloats : nil,
      gradients: gradients, dInitial: &dPast, on: isa)

    withExtendedLifetime((x, v, gates, dx, dv, dGates, attended, y, d)) {
      check(y, naive.output, "y")
      if test.causal {
        check(final, naive.final, "final")
        check(added, zip(naive.final, naive.past).map { $0 - $1 }, "added")
      }
      check(dx, want.x, "dx")
      check(dv, want.values, "dv")
      if test.gated { check(dGates, want.gates, "dGates") }
      if test.causal { check(dPast, want.past, "dPast") }
    }
  }

  private func check(_ got: [Float], _ want: [Double], _ name: String) {
    #expect(errorRatio(got, want) < 3e-6, "\(name)")
  }
}

/// Mixed chunk attention and its gradient by sums over all pairs of positions.
private struct NaiveMixedChunk {
  let shape: MixedChunkShape
  let x, values: [Double]
  let gates: [Double]?
  let past: [Double]

  private func place(_ b: Int, _ t: Int, _ kind: Int, _ h: Int) -> Int {
    (((b * shape.length + t) * 4 + kind) * shape.heads + h) * shape.keyWidth
  }
  private func row(_ b: Int, _ t: Int, _ h: Int) -> Int {
    ((b * shape.length + t) * shape.heads + h) * shape.valueWidth
  }
  private func state(_ b: Int, _ h: Int) -> Int { (b * shape.heads + h) * shape.stateCount }
  private func dot(_ b: Int, _ h: Int, _ t: Int, _ s: Int, _ kind: Int) -> Double {
    let (q, k) = (place(b, t, kind, h), place(b, s, kind + 1, h))
    return (0..<shape.keyWidth).reduce(0) { $0 + x[q + $1] * x[k + $1] }
  }
  private func localScale() -> Double { 1 / Double(shape.chunk * shape.keyWidth) }
  private func isLocal(_ t: Int, _ s: Int) -> Bool { t / shape.chunk == s / shape.chunk && (!shape.causal || s <= t) }
  private func isGlobal(_ t: Int, _ s: Int) -> Bool { !shape.causal || s / shape.chunk < t / shape.chunk }
  private func globalScale(_ t: Int) -> Double { shape.globalScale(t / shape.chunk) }

  private func forEach(_ body: (_ b: Int, _ h: Int, _ t: Int) -> Void) {
    for b in 0..<shape.batch { for h in 0..<shape.heads { for t in 0..<shape.length { body(b, h, t) } } }
  }

  private var attended: [Double] {
    var y = [Double](repeating: 0, count: values.count)
    forEach { b, h, t in
      let target = row(b, t, h)
      for s in 0..<shape.length {
        var weight = 0.0
        if isLocal(t, s) { weight += { $0 * $0 }(max(dot(b, h, t, s, 0), 0)) * localScale() }
        if isGlobal(t, s) { weight += dot(b, h, t, s, 2) * globalScale(t) }
        for c in 0..<shape.valueWidth { y[target + c] += weight * values[row(b, s, h) + c] }
      }
      guard shape.causal else { return }
      for k in 0..<shape.keyWidth {
        let weight = x[place(b, t, 2, h) + k] * globalScale(t)
        for c in 0..<shape.valueWidth { y[target + c] += weight * past[state(b, h) + k * shape.valueWidth + c] }
      }
    }
    return y
  }

  var output: [Double] { gates.map { zip(attended, $0).map(*) } ?? attended }

  var final: [Double] {
    var sum = past
    forEach { b, h, t in
      guard t < shape.length / shape.chunk * shape.chunk else { return }
      for k in 0..<shape.keyWidth {
        for c in 0..<shape.valueWidth {
          sum[state(b, h) + k * shape.valueWidth + c] += x[place(b, t, 3, h) + k] * values[row(b, t, h) + c]
        }
      }
    }
    return sum
  }

  func gradient(
    _ dy: [Double], _ dFinal: [Double]
  ) -> (x: [Double], values: [Double], gates: [Double], past: [Double]) {
    var dx = [Double](repeating: 0, count: x.count)
    var dv = [Double](repeating: 0, count: values.count)
    var dPast = dFinal
    let d = gates.map { zip(dy, $0).map(*) } ?? dy
    let (width, keyWidth) = (shape.valueWidth, shape.keyWidth)
    forEach { b, h, t in
      for s in 0..<shape.length {
        let slope = (0..<width).reduce(0) { $0 + d[row(b, t, h) + $1] * values[row(b, s, h) + $1] }
        var weight = 0.0
        func pair(_ kind: Int, _ factor: Double) {
          for k in 0..<keyWidth {
            dx[place(b, t, kind, h) + k] += factor * x[place(b, s, kind + 1, h) + k]
            dx[place(b, s, kind + 1, h) + k] += factor * x[place(b, t, kind, h) + k]
          }
        }
        if isLocal(t, s) {
          let score = max(dot(b, h, t, s, 0), 0)
          weight += score * score * localScale()
          pair(0, 2 * score * localScale() * slope)
        }
        if isGlobal(t, s) {
          weight += dot(b, h, t, s, 2) * globalScale(t)
          pair(2, globalScale(t) * slope)
        }
        for c in 0..<width { dv[row(b, s, h) + c] += weight * d[row(b, t, h) + c] }
      }
      guard shape.causal else { return }
      let isFull = t < shape.length / shape.chunk * shape.chunk
      for k in 0..<keyWidth {
        for c in 0..<width {
          let place = state(b, h) + k * width + c
          let (query, key) = (self.place(b, t, 2, h) + k, self.place(b, t, 3, h) + k)
          dx[query] += globalScale(t) * past[place] * d[row(b, t, h) + c]
          dPast[place] += globalScale(t) * x[query] * d[row(b, t, h) + c]
          guard isFull else { continue }
          dx[key] += dFinal[place] * values[row(b, t, h) + c]
          dv[row(b, t, h) + c] += dFinal[place] * x[key]
        }
      }
    }
    return (dx, dv, zip(dy, attended).map(*), dPast)
  }
}
