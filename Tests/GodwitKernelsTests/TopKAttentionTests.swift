import CGodwitKernels
import Testing

@testable import GodwitKernels

@Suite struct TopKAttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let shape: AttentionShape
    let kept: Int
    let padding: Int
    var testDescription: String {
      "B\(shape.batch) H\(shape.heads)/\(shape.keyHeads) T\(shape.queries)+\(shape.offset) K\(shape.keyWidth) "
        + "V\(shape.valueWidth), \(kept) kept"
    }

    init(
      batch: Int = 2, heads: Int = 2, keyHeads: Int? = nil, queries: Int, widths: (Int, Int) = (9, 20), offset: Int = 0,
      kept: Int
    ) {
      shape = AttentionShape(
        batch: batch, heads: heads, keyHeads: keyHeads ?? heads, queries: queries, keys: queries + offset,
        keyWidth: widths.0, valueWidth: widths.1, causal: true, scale: 0.3, offset: offset)
      self.kept = kept
      padding = queries % 2 * 3
    }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for queries in [1, 3, 7, 33, 100, 210] {
      for kept in [1, 4, 40, 300] { cases.append(Case(batch: queries > 100 ? 1 : 2, queries: queries, kept: kept)) }
      cases.append(Case(heads: 4, keyHeads: 2, queries: queries, widths: (16, 33), offset: 150, kept: 5))
    }
    cases.append(Case(batch: 1, heads: 1, queries: 1, widths: (70, 64), offset: 3000, kept: 8))
    cases.append(Case(queries: 0, kept: 3))
    cases.append(Case(batch: 0, queries: 3, kept: 3))
    return cases
  }()

  struct Results: Equatable {
    var out, weights, dq, dk, dv: [Float]
    var rows: [Int32]
  }

  struct Problem {
    let test: Case
    /// One for each batch entry and head, as each chooses other keys.
    let naive: [NaiveSoftmaxAttention]
    let q, k, v, dOut: [Double]

    init(_ test: Case) {
      let shape = test.shape
      var noise = RecurrenceNoise(seed: 1)
      let keys = shape.batch * shape.keys * shape.keyHeads
      let queries = shape.batch * shape.queries * shape.heads
      self.test = test
      q = noise.array(queries * shape.keyWidth).map { $0 * 3 }
      k = noise.array(keys * shape.keyWidth)
      v = noise.array(keys * shape.valueWidth)
      dOut = noise.array(queries * shape.valueWidth)
      let (query, key, value) = (q, k, v)
      naive = (0..<shape.batch * shape.heads).map { index in
        Self.naive(test, batch: index / shape.heads, head: index % shape.heads, query, key, value)
      }
    }

    private static func naive(
      _ test: Case, batch: Int, head: Int, _ q: [Double], _ k: [Double], _ v: [Double]
    ) -> NaiveSoftmaxAttention {
      let shape = test.shape
      let group = head / (shape.heads / shape.keyHeads)
      let own = part(q, batch, head, shape.queries, shape.heads, shape.keyWidth)
      let keys = part(k, batch, group, shape.keys, shape.keyHeads, shape.keyWidth)
      let visible = (0..<shape.queries).map { t in
        let scores = (0...t + shape.offset).map { row in
          (0..<shape.keyWidth).reduce(0.0) { $0 + own[t * shape.keyWidth + $1] * keys[row * shape.keyWidth + $1] }
        }
        return scores.indices.sorted { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
          .prefix(test.kept).sorted()
      }
      let single = AttentionShape(
        batch: 1, heads: 1, keyHeads: 1, queries: shape.queries, keys: shape.keys, keyWidth: shape.keyWidth,
        valueWidth: shape.valueWidth, causal: true, scale: shape.scale, offset: shape.offset)
      return NaiveSoftmaxAttention(
        single, q: own, k: keys, v: part(v, batch, group, shape.keys, shape.keyHeads, shape.valueWidth),
        visible: visible)
    }

    /// The rows of one head.
    static func part(
      _ x: [Double], _ batch: Int, _ head: Int, _ length: Int, _ heads: Int, _ width: Int
    ) -> [Double] {
      (0..<length).flatMap { t in
        let start = ((batch * length + t) * heads + head) * width
        return Array(x[start..<start + width])
      }
    }

    func results(on isa: InstructionSet = .current) -> Results {
      let shape = test.shape
      func rows(_ length: Int, _ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
        GuardedRows(batch: shape.batch, length: length, width: width, padding: test.padding, contents)
      }
      let (t, s) = (shape.queries, shape.keys)
      let query = rows(t, shape.heads * shape.keyWidth, q)
      let key = rows(s, shape.keyHeads * shape.keyWidth, k)
      let value = rows(s, shape.keyHeads * shape.valueWidth, v)
      let out = rows(t, shape.heads * shape.valueWidth)
      let dy = rows(t, shape.heads * shape.valueWidth, dOut)
      let (dq, dk, dv) = (rows(t, query.width), rows(s, key.width), rows(s, value.width))
      defer { for array in [query, key, value, out, dy, dq, dk, dv] { array.free() } }
      let count = shape.batch * shape.heads * t * test.kept
      var chosen = [Int32](repeating: -7, count: count + 1)
      var weights = [Float](repeating: GuardedRows.guardValue, count: count + 1)
      topKAttention(
        shape, kept: test.kept, q: query.rows, k: key.rows, v: value.rows, out: out.mutableRows, rows: &chosen,
        weights: &weights, on: isa)
      topKAttentionGradient(
        shape, kept: test.kept, q: query.rows, k: key.rows, v: value.rows, out: out.rows, rows: chosen,
        weights: weights, dOut: dy.rows, dq: dq.mutableRows, dk: dk.mutableRows, dv: dv.mutableRows, on: isa)
      #expect(chosen.removeLast() == -7 && weights.removeLast() == GuardedRows.guardValue)
      return Results(
        out: out.values(), weights: weights, dq: dq.values(), dk: dk.values(), dv: dv.values(), rows: chosen)
    }
  }

  @Test(arguments: cases) func valuesAndGradientsEqualTheNaiveLoop(test: Case) {
    let (problem, shape) = (Problem(test), test.shape)
    let group = shape.heads / shape.keyHeads
    for isa in InstructionSet.supported {
      let results = problem.results(on: isa)
      var (dk, dv): ([[Double]], [[Double]]) = ([], [])
      for (index, naive) in problem.naive.enumerated() {
        let (batch, head) = (index / shape.heads, index % shape.heads)
        func own(_ x: [Float], _ width: Int) -> [Float] {
          floats(Problem.part(x.map(Double.init), batch, head, shape.queries, shape.heads, width))
        }
        let dOut = Problem.part(problem.dOut, batch, head, shape.queries, shape.heads, shape.valueWidth)
        let gradient = naive.gradient(dOut)
        check(own(results.out, shape.valueWidth), naive.out, 0, "output", isa)
        check(own(results.dq, shape.keyWidth), gradient.q, SoftmaxAttentionTests().norm(dOut) * 0.1, "dq", isa)
        // The query heads of a key head add up.
        if head % group == 0 {
          dk.append(gradient.k)
          dv.append(gradient.v)
        } else {
          dk[dk.count - 1] = zip(dk.last!, gradient.k).map(+)
          dv[dv.count - 1] = zip(dv.last!, gradient.v).map(+)
        }
      }
      for index in dk.indices {
        let (batch, head) = (index / shape.keyHeads, index % shape.keyHeads)
        func own(_ x: [Float], _ width: Int) -> [Float] {
          floats(Problem.part(x.map(Double.init), batch, head, shape.keys, shape.keyHeads, width))
        }
        check(own(results.dv, shape.valueWidth), dv[index], 0, "dv", isa)
        check(own(results.dk, shape.keyWidth), dk[index], SoftmaxAttentionTests().norm(dv[index]) * 0.1, "dk", isa)
      }
    }
  }

  private func check(_ got: [Float], _ want: [Double], _ least: Double, _ name: String, _ isa: InstructionSet) {
    let error = errorRatio(got, want, norm: max(SoftmaxAttentionTests().norm(want), least))
    #expect(error <= SoftmaxAttentionTests.tolerance, "\(name) under \(isa)")
  }

  private func rows(_ best: LargestScores) -> [Int] {
    var rows: [Int] = []
    _ = best.inOrder { _, _, row in rows.append(Int(row)) }
    return rows
  }

  /// Scores come back as they were, in any order of sizes, and zeros of both signs are equal.
  @Test func ranksKeepScores() {
    let scores: [Float] = [-0.0, 3, -.infinity, 2e-38, 0, -2.5, .infinity, -2e-38, 7, -3]
    let best = LargestScores(count: 5, block: 10)
    best.add(scores, 10, from: 0, gw_attention_table(InstructionSet.current.rawValue)!)
    var kept: [Float] = []
    _ = best.inOrder { _, score, _ in kept.append(score) }
    #expect(kept == [0, 3, 2e-38, .infinity, 7] && rows(best) == [0, 1, 3, 6, 8])
  }

  /// Many equal scores, in any of the blocks: the earliest rows are kept.
  @Test func ofEqualScoresTheEarlierAreKept() {
    for isa in InstructionSet.supported {
      let table = gw_attention_table(isa.rawValue)!
      for period in [1, 2, 3, 7] {
        let best = LargestScores(count: 20, block: 64)
        for start in stride(from: 0, to: 640, by: 64) {
          let scores = (start..<start + 64).map { Float($0 % period) }
          best.add(scores, 64, from: start, table)
        }
        let want = (0..<20).map { $0 * period + period - 1 }
        #expect(rows(best) == want, "\(period) under \(isa)")
      }
    }
  }

  @Test func whatIsNotANumberIsNotHidden() {
    for isa in InstructionSet.supported {
      let table = gw_attention_table(isa.rawValue)!
      let best = LargestScores(count: 2, block: 64)
      for start in stride(from: 0, to: 256, by: 64) {
        let scores = (start..<start + 64).map { $0 == 200 ? Float.nan : Float($0 % 50) }
        best.add(scores, 64, from: start, table)
      }
      #expect(rows(best) == [49, 200], "\(isa)")
    }
  }
}
