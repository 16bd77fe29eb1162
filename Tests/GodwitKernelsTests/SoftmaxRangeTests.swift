import Testing

@testable import GodwitKernels

/// Softmax attention whose scores float32 cannot hold: what float64 gives.
@Suite struct SoftmaxRangeTests {
  /// What large queries and keys of the size of 1 are multiplied by; some of each stay as they are.
  static let sizes: [(query: Double, key: Double)] = [
    (1e19, 1e19), (1e30, 1e30), (3e38, 3e38), (1, 1e25), (1e-20, 1e30), (3e38, 1),
  ]

  static let cases: [SoftmaxAttentionTests.Case] = [
    .init(batch: 2, heads: 2, queries: 100, widths: (9, 20)),
    .init(batch: 1, heads: 4, keyHeads: 2, queries: 70, widths: (16, 33), offset: 37, padding: 3),
    .init(batch: 1, heads: 2, queries: 3, widths: (16, 8), offset: 70),
    .init(batch: 1, heads: 1, queries: 50, widths: (8, 8), causal: false),
  ]

  @Test(arguments: cases) func softmax(test: SoftmaxAttentionTests.Case) {
    for size in Self.sizes {
      let values = operands(SoftmaxAttentionTests.Problem(test).values, test.shape, size)
      let naive = NaiveSoftmaxAttention(test.shape, q: values.q, k: values.k, v: values.v)
      for isa in InstructionSet.supported {
        let got = SoftmaxAttentionTests.Problem(test).results(on: isa, values)
        check(test.shape, [got.out, got.dq, got.dk, got.dv], naive, values.dOut, size, "\(size), \(isa)")
      }
    }
  }

  static let sparseCases = SparseAttentionTests.cases.filter {
    $0.shape.queries == 100 && !$0.name.hasSuffix("500 0") || $0.name == "grouped"
  }

  @Test(arguments: sparseCases) func sparse(test: SparseAttentionTests.Case) {
    for size in Self.sizes {
      let problem = SparseAttentionTests.Problem(test)
      let values = operands(problem.values, test.shape, size)
      let naive = NaiveSoftmaxAttention(
        test.shape, q: values.q, k: values.k, v: values.v, visible: test.visible)
      for isa in InstructionSet.supported {
        let got = problem.results(on: isa, values)
        check(test.shape, [got.out, got.dq, got.dk, got.dv], naive, values.dOut, size, "\(size), \(isa)")
      }
    }
  }

  /// The mean over the keys where all scores are the same, however large: also where they are as negative.
  @Test(arguments: [1e19, -1e19, 3e38, -3e38]) func equalScoresMakeMeans(size: Double) {
    for queries in [2, 40] {
      let test = SoftmaxAttentionTests.Case(batch: 1, heads: 1, queries: queries, widths: (4, 3), offset: 5)
      let problem = SoftmaxAttentionTests.Problem(test)
      var values = problem.values
      values.q = values.q.map { _ in abs(size) }
      values.k = values.k.map { _ in size }
      for isa in InstructionSet.supported {
        let out = problem.results(on: isa, values).out
        for row in 0..<queries {
          for column in 0..<3 {
            let mean = (0..<row + 6).reduce(0.0) { $0 + values.v[$1 * 3 + column] } / Double(row + 6)
            #expect(abs(Double(out[row * 3 + column]) - mean) < 1e-6, "row \(row) of \(queries), \(size), \(isa)")
          }
        }
      }
    }
  }

  /// Of equal scores the earlier keys are kept, however large they are.
  @Test(arguments: sizes.indices, [3, 40]) func topK(index: Int, queries: Int) {
    let size = Self.sizes[index]
    let shape = AttentionShape(
      batch: 1, heads: 1, keyHeads: 1, queries: queries, keys: queries + 30, keyWidth: 5, valueWidth: 4, causal: true,
      scale: 0.3, offset: 30)
    let test = SoftmaxAttentionTests.Case(batch: 1, heads: 1, queries: queries, widths: (5, 4), offset: 30)
    let values = operands(SoftmaxAttentionTests.Problem(test).values, shape, size)
    let kept = (0..<queries).map { t in
      let scores = (0...t + 30).map { row in
        (0..<5).reduce(0.0) { $0 + values.q[t * 5 + $1] * values.k[row * 5 + $1] } * Double(shape.scale)
      }
      return scores.indices.sorted { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
        .prefix(6).sorted()
    }
    let naive = NaiveSoftmaxAttention(shape, q: values.q, k: values.k, v: values.v, visible: kept)
    for isa in InstructionSet.supported {
      func rows(_ length: Int, _ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
        GuardedRows(batch: 1, length: length, width: width, padding: 1, contents)
      }
      let (q, k, v) = (rows(queries, 5, values.q), rows(queries + 30, 5, values.k), rows(queries + 30, 4, values.v))
      let (out, dy) = (rows(queries, 4), rows(queries, 4, values.dOut))
      let (dq, dk, dv) = (rows(queries, 5), rows(queries + 30, 5), rows(queries + 30, 4))
      defer { for array in [q, k, v, out, dy, dq, dk, dv] { array.free() } }
      var chosen = [Int32](repeating: -7, count: queries * 6)
      var weights = [Float](repeating: .nan, count: queries * 6)
      topKAttention(
        shape, kept: 6, q: q.rows, k: k.rows, v: v.rows, out: out.mutableRows, rows: &chosen, weights: &weights, on: isa
      )
      topKAttentionGradient(
        shape, kept: 6, q: q.rows, k: k.rows, v: v.rows, out: out.rows, rows: chosen, weights: weights, dOut: dy.rows,
        dq: dq.mutableRows, dk: dk.mutableRows, dv: dv.mutableRows, on: isa)
      #expect(chosen.map(Int.init) == kept.flatMap { $0 }, "\(size), \(isa)")
      check(
        shape, [out.values(), dq.values(), dk.values(), dv.values()], naive, values.dOut, size, "\(size), \(isa)",
        least: 1)
    }
  }

  /// Operands of which two in three queries and most keys are large, and some keys the same.
  private func operands(
    _ values: AttentionValues, _ shape: AttentionShape, _ size: (query: Double, key: Double)
  ) -> AttentionValues {
    var values = values
    let (queryRow, keyRow) = (shape.heads * shape.keyWidth, shape.keyHeads * shape.keyWidth)
    for index in values.q.indices {
      let row = index / queryRow % shape.queries
      values.q[index] = Double(Float(values.q[index] / 3 * (row % 3 == 0 ? 1 : size.query)))
    }
    for index in values.k.indices {
      let row = index / keyRow % shape.keys
      // Every fifth row is that before it.
      let source = row % 5 == 4 ? index - keyRow : index
      values.k[index] = row % 5 == 4 ? values.k[source] : Double(Float(values.k[source] * (row < 8 ? 1 : size.key)))
    }
    return values
  }

  private func check(
    _ shape: AttentionShape, _ got: [[Float]], _ naive: NaiveSoftmaxAttention, _ dOut: [Double],
    _ size: (query: Double, key: Double), _ name: String, least: Double = 0.01
  ) {
    let gradient = naive.gradient(dOut)
    // What a gradient can be at most, as little is left of it where one key has nearly all of the weight.
    let most = [1, max(size.key, 1), max(size.query, 1), 1]
    for (index, (what, want)) in [
      ("out", naive.out), ("dq", gradient.q), ("dk", gradient.k), ("dv", gradient.v),
    ].enumerated() {
      let width = [shape.valueWidth, shape.keyWidth, shape.keyWidth, shape.valueWidth][index]
      for start in stride(from: 0, to: want.count, by: width) {
        let row = start..<start + width
        // Beyond float32 the greatest float stands for what cannot be held.
        let bounded = want[row].map {
          min(max($0, -Double(Float.greatestFiniteMagnitude)), Double(Float.greatestFiniteMagnitude))
        }
        let norm = max(bounded.map(abs).max()!, most[index] * least)
        let worst = zip(got[index][row], bounded).map { abs(Double($0) - $1) / norm }
        let isClose = worst.allSatisfy { $0 <= 3e-5 }
        #expect(isClose, "\(what) from \(start), \(name): \(got[index][row]), want \(want[row])")
        if !isClose { return }
      }
    }
  }
}
