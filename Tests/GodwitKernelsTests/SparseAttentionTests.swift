import Testing

@testable import GodwitKernels

@Suite struct SparseAttentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let shape: AttentionShape
    let plan: SparseAttentionPlan
    let padding: Int
    var testDescription: String { "\(name), T\(shape.queries) S\(shape.keys) K\(shape.keyWidth) V\(shape.valueWidth)" }

    init(
      _ name: String, batch: Int = 2, heads: Int = 2, keyHeads: Int? = nil, queries: Int, keys: Int? = nil,
      widths: (Int, Int) = (9, 20), padding: Int = 0, plan: SparseAttentionPlan
    ) {
      self.name = name
      shape = AttentionShape(
        batch: batch, heads: heads, keyHeads: keyHeads ?? heads, queries: queries, keys: keys ?? queries,
        keyWidth: widths.0, valueWidth: widths.1, causal: false, scale: 0.3)
      self.plan = plan
      self.padding = padding
    }

    /// The keys that each query sees, counted from the plan one by one.
    var visible: [[Int]] {
      var visible = [[Int]](repeating: [], count: shape.queries)
      for tile in plan.tiles {
        for lane in 0..<tile.queries.count {
          for run in plan.runs[tile.runs] {
            for j in 0..<run.rows.count where j >= lane + run.low && j <= lane + run.high {
              visible[tile.queries.start + lane * tile.queries.step].append(run.rows.start + j * run.rows.step)
            }
          }
        }
      }
      return visible
    }
  }

  typealias Rows = SparseAttentionPlan.Rows
  typealias Run = SparseAttentionPlan.Run

  /// Each query sees the keys from `before` positions before it to `after` positions after it.
  static func band(_ length: Int, before: Int, after: Int) -> SparseAttentionPlan {
    var plan = SparseAttentionPlan()
    plan.beginPass()
    for piece in SparseAttentionPlan.pieces(0..<length) {
      let first = max(piece.lowerBound - before, 0)
      let last = min(piece.upperBound + after, length)
      plan.add(
        queries: Rows(piece),
        [
          Run(
            Rows(first..<max(last, first)), low: piece.lowerBound - before - first,
            high: piece.lowerBound + after - first)
        ])
    }
    return plan
  }

  /// The keys of the query's own residue, in a pass after that of the keys at most `before` back.
  static func residues(_ length: Int, step: Int, before: Int) -> SparseAttentionPlan {
    var plan = before > 0 ? band(length, before: before - 1, after: 0) : SparseAttentionPlan()
    let within = (before + step - 1) / step
    plan.beginPass()
    for residue in 0..<min(step, length) {
      for piece in SparseAttentionPlan.pieces(0..<(length - 1 - residue) / step + 1) {
        plan.add(
          queries: Rows(start: residue + piece.lowerBound * step, step: step, count: piece.count),
          [
            Run(
              Rows(start: residue, step: step, count: max(piece.upperBound - within, 0)),
              high: piece.lowerBound - within)
          ])
      }
    }
    return plan
  }

  /// Tiles of `size` queries with three runs that lie apart, the last without a key for some of them.
  static func scattered(_ length: Int, size: Int) -> SparseAttentionPlan {
    var plan = SparseAttentionPlan()
    plan.beginPass()
    for start in stride(from: 0, to: length, by: size) {
      let count = min(size, length - start)
      plan.add(
        queries: Rows(start..<start + count),
        [
          Run(Rows(0..<1)), Run(Rows(start: 2, step: 3, count: min(70, length / 3))),
          Run(Rows(length / 2..<length / 2 + 5 - 5 % max(length, 1) / 5), low: 3, high: 4),
        ].filter { $0.rows.start + ($0.rows.count - 1) * $0.rows.step < length })
    }
    return plan
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for length in [1, 7, 33, 100, 210] {
      for (before, after) in [(0, 0), (4, 0), (16, 0), (70, 0), (500, 0), (5, 5), (2, 31), (-2, 5)] {
        cases.append(
          Case(
            "band \(before) \(after)", batch: length > 100 ? 1 : 2, queries: length, padding: length % 2 * 3,
            plan: band(length, before: before, after: after)))
      }
      for (step, before) in [(1, 0), (3, 0), (3, 3), (5, 13), (50, 20), (7, 300)] {
        cases.append(
          Case(
            "residues \(step) \(before)", queries: length, widths: (16, 5),
            plan: residues(length, step: step, before: before)))
      }
      for size in [3, 16, 48] {
        cases.append(Case("scattered \(size)", queries: length, plan: scattered(length, size: size)))
      }
    }
    cases.append(
      Case("grouped", heads: 6, keyHeads: 2, queries: 90, widths: (20, 12), plan: band(90, before: 19, after: 0)))
    cases.append(Case("wide", batch: 1, queries: 130, widths: (70, 64), plan: residues(130, step: 11, before: 11)))
    cases.append(Case("nothing", queries: 0, plan: band(0, before: 3, after: 0)))
    cases.append(Case("no batch", batch: 0, queries: 5, plan: band(5, before: 3, after: 0)))
    return cases
  }()

  struct Results: Equatable {
    var out, logSumExp, dq, dk, dv: [Float]
  }

  struct Problem {
    let test: Case
    let naive: NaiveSoftmaxAttention
    let dOut: [Double]

    init(_ test: Case) {
      let shape = test.shape
      var noise = RecurrenceNoise(seed: 1)
      let keys = shape.batch * shape.keys * shape.keyHeads
      let queries = shape.batch * shape.queries * shape.heads
      self.test = test
      naive = NaiveSoftmaxAttention(
        shape, q: noise.array(queries * shape.keyWidth).map { $0 * 3 }, k: noise.array(keys * shape.keyWidth),
        v: noise.array(keys * shape.valueWidth), visible: test.visible)
      dOut = noise.array(queries * shape.valueWidth)
    }

    var values: AttentionValues { AttentionValues(q: naive.q, k: naive.k, v: naive.v, dOut: dOut) }

    /// - Parameter values: instead of the operands of the problem.
    func results(on isa: InstructionSet = .current, _ values: AttentionValues? = nil) -> Results {
      let shape = test.shape
      let values = values ?? self.values
      func rows(_ length: Int, _ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
        GuardedRows(batch: shape.batch, length: length, width: width, padding: test.padding, contents)
      }
      let (t, s) = (shape.queries, shape.keys)
      let q = rows(t, shape.heads * shape.keyWidth, values.q)
      let k = rows(s, shape.keyHeads * shape.keyWidth, values.k)
      let v = rows(s, shape.keyHeads * shape.valueWidth, values.v)
      let out = rows(t, shape.heads * shape.valueWidth)
      let dy = rows(t, shape.heads * shape.valueWidth, values.dOut)
      let (dq, dk, dv) = (rows(t, q.width), rows(s, k.width), rows(s, v.width))
      defer { for array in [q, k, v, out, dy, dq, dk, dv] { array.free() } }
      var logSumExp = [Float](repeating: GuardedRows.guardValue, count: shape.batch * shape.heads * t + 1)
      sparseAttention(
        shape, test.plan, q: q.rows, k: k.rows, v: v.rows, out: out.mutableRows, logSumExp: &logSumExp, on: isa)
      sparseAttentionGradient(
        shape, test.plan, q: q.rows, k: k.rows, v: v.rows, out: out.rows, logSumExp: logSumExp, dOut: dy.rows,
        dq: dq.mutableRows, dk: dk.mutableRows, dv: dv.mutableRows, on: isa)
      #expect(logSumExp.removeLast() == GuardedRows.guardValue)
      return Results(out: out.values(), logSumExp: logSumExp, dq: dq.values(), dk: dk.values(), dv: dv.values())
    }
  }

  @Test(arguments: cases) func valuesAndGradientsEqualTheNaiveLoop(test: Case) {
    let problem = Problem(test)
    let naive = problem.naive
    let gradient = naive.gradient(problem.dOut)
    let size = SoftmaxAttentionTests().norm(problem.dOut)
    for isa in InstructionSet.supported {
      let results = problem.results(on: isa)
      check(results.out, naive.out, 0, "output", isa)
      check(results.dv, gradient.v, 0, "dv", isa)
      // Where a query sees one key, nothing is left of these gradients to compare: relative to the greatest they can be.
      check(results.dq, gradient.q, size * 0.1, "dq", isa)
      check(results.dk, gradient.k, size * 0.3, "dk", isa)
      for (got, want) in zip(results.logSumExp, naive.logSumExp) {
        #expect(Double(got) == want || abs(Double(got) - want) < 1e-5, "logSumExp under \(isa)")
      }
    }
  }

  private func check(_ got: [Float], _ want: [Double], _ least: Double, _ name: String, _ isa: InstructionSet) {
    let error = errorRatio(got, want, norm: max(SoftmaxAttentionTests().norm(want), least))
    #expect(error <= SoftmaxAttentionTests.tolerance, "\(name) under \(isa)")
  }

  static let threadCases = [
    Case("band", batch: 1, heads: 1, queries: 900, plan: band(900, before: 60, after: 0)),
    Case("residues", batch: 1, heads: 4, keyHeads: 2, queries: 600, plan: residues(600, step: 20, before: 20)),
  ]
}
