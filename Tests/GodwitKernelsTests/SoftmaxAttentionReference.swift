@testable import GodwitKernels

/// Softmax attention in float64, one query after another, and its gradient by the chain rule.
struct NaiveSoftmaxAttention {
  let shape: AttentionShape
  /// [B, T, H, K], [B, S, G, K], [B, S, G, V].
  let q, k, v: [Double]
  /// [B, T, H, V] and [B, H, T].
  private(set) var out, logSumExp: [Double]
  /// The keys that each query sees.
  private let visible: [[Int]]
  /// For each batch entry, head and query, over the keys that it sees.
  private var probabilities = [[Double]]()

  /// - Parameter visible: the keys that each query sees; what the shape says if nil.
  init(_ shape: AttentionShape, q: [Double], k: [Double], v: [Double], visible: [[Int]]? = nil) {
    self.shape = shape
    self.visible =
      visible
      ?? (0..<shape.queries).map { t in
        Array(0..<(shape.causal ? max(0, min(t + shape.offset + 1, shape.keys)) : shape.keys))
      }
    (self.q, self.k, self.v) = (q, k, v)
    out = [Double](repeating: 0, count: shape.batch * shape.queries * shape.heads * shape.valueWidth)
    logSumExp = [Double](repeating: -.infinity, count: shape.batch * shape.heads * shape.queries)
    forEachQuery { b, h, t in
      let seen = self.visible[t]
      var scores = [Double](repeating: 0, count: seen.count)
      for (j, row) in seen.enumerated() {
        for c in 0..<shape.keyWidth { scores[j] += q[query(b, t, h, c)] * k[key(b, row, h, c)] }
        scores[j] *= Double(shape.scale)
      }
      let most = scores.max() ?? 0
      var sum = 0.0
      for j in seen.indices {
        scores[j] = exponential(scores[j] - most)
        sum += scores[j]
      }
      for (j, row) in seen.enumerated() {
        scores[j] /= sum
        for c in 0..<shape.valueWidth { out[result(b, t, h, c)] += scores[j] * v[value(b, row, h, c)] }
      }
      if !seen.isEmpty { logSumExp[(b * shape.heads + h) * shape.queries + t] = most + logarithm(sum) }
      probabilities.append(scores)
    }
  }

  /// The gradients of sum(out * dOut).
  func gradient(_ dOut: [Double]) -> (q: [Double], k: [Double], v: [Double]) {
    var dq = [Double](repeating: 0, count: q.count)
    var dk = [Double](repeating: 0, count: k.count)
    var dv = [Double](repeating: 0, count: v.count)
    var next = 0
    forEachQuery { b, h, t in
      let p = probabilities[next]
      next += 1
      var dot = 0.0
      for c in 0..<shape.valueWidth { dot += dOut[result(b, t, h, c)] * out[result(b, t, h, c)] }
      for (j, row) in visible[t].enumerated() {
        var dp = 0.0
        for c in 0..<shape.valueWidth {
          dp += dOut[result(b, t, h, c)] * v[value(b, row, h, c)]
          dv[value(b, row, h, c)] += p[j] * dOut[result(b, t, h, c)]
        }
        let ds = p[j] * (dp - dot) * Double(shape.scale)
        for c in 0..<shape.keyWidth {
          dq[query(b, t, h, c)] += ds * k[key(b, row, h, c)]
          dk[key(b, row, h, c)] += ds * q[query(b, t, h, c)]
        }
      }
    }
    return (dq, dk, dv)
  }

  private func forEachQuery(_ body: (_ b: Int, _ h: Int, _ t: Int) -> Void) {
    for b in 0..<shape.batch {
      for h in 0..<shape.heads {
        for t in 0..<shape.queries { body(b, h, t) }
      }
    }
  }

  private func query(_ b: Int, _ t: Int, _ h: Int, _ c: Int) -> Int {
    ((b * shape.queries + t) * shape.heads + h) * shape.keyWidth + c
  }
  private func result(_ b: Int, _ t: Int, _ h: Int, _ c: Int) -> Int {
    ((b * shape.queries + t) * shape.heads + h) * shape.valueWidth + c
  }
  private func key(_ b: Int, _ j: Int, _ h: Int, _ c: Int) -> Int {
    ((b * shape.keys + j) * shape.keyHeads + h * shape.keyHeads / shape.heads) * shape.keyWidth + c
  }
  private func value(_ b: Int, _ j: Int, _ h: Int, _ c: Int) -> Int {
    ((b * shape.keys + j) * shape.keyHeads + h * shape.keyHeads / shape.heads) * shape.valueWidth + c
  }
}

/// The natural logarithm by Newton's method on `exponential`.
func logarithm(_ x: Double) -> Double {
  var y = Double(x.exponent) * 0.693_147_180_559_945_3
  for _ in 0..<6 { y += 2 * (x - exponential(y)) / (x + exponential(y)) }
  return y
}
