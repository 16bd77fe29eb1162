import Testing

@testable import GodwitKernels

@Suite struct SoftmaxAttentionTests {
  static let tolerance = 3e-6

  struct Case: Sendable, CustomTestStringConvertible {
    var shape: AttentionShape
    var padding = 0
    /// A factor on the queries: large ones make nearly all of the probability fall on one key.
    var sharpness = 3.0

    init(
      batch: Int = 2, heads: Int, keyHeads: Int? = nil, queries: Int, keys: Int? = nil, widths: (Int, Int),
      causal: Bool = true, offset: Int = 0, padding: Int = 0, sharpness: Double = 3
    ) {
      shape = AttentionShape(
        batch: batch, heads: heads, keyHeads: keyHeads ?? heads, queries: queries, keys: keys ?? queries + offset,
        keyWidth: widths.0, valueWidth: widths.1, causal: causal, scale: 0.3, offset: offset)
      self.padding = padding
      self.sharpness = sharpness
    }

    var testDescription: String {
      "B\(shape.batch) H\(shape.heads)/\(shape.keyHeads) T\(shape.queries)+\(shape.offset) S\(shape.keys) "
        + "K\(shape.keyWidth) V\(shape.valueWidth) causal \(shape.causal) padding \(padding)"
    }
  }

  static let cases: [Case] = {
    var cases = [Case]()
    for queries in [1, 7, 33, 100, 257] {
      // The naive loops take their time in a debug build: the widest heads go with the fewer queries.
      for widths in queries == 257 ? [(16, 17)] : [(1, 1), (5, 3), (16, 33), (70, 64)] {
        for causal in [true, false] {
          cases.append(
            Case(
              batch: queries > 100 ? 1 : 2, heads: queries > 100 ? 1 : 2, queries: queries, widths: widths,
              causal: causal,
              padding: queries % 2 == 0 ? 0 : 5))
        }
      }
    }
    for queries in [1, 3, 5, 40] {
      for causal in [true, false] {
        // Grouped heads after a past; few queries and many of them.
        cases.append(
          Case(
            heads: 6, keyHeads: 2, queries: queries, widths: (20, 12), causal: causal, offset: 77, padding: 3))
        cases.append(Case(heads: 4, keyHeads: 1, queries: queries, widths: (8, 24), causal: causal, offset: 1))
        // Keys beyond the last query, and fewer keys than positions.
        cases.append(Case(heads: 2, queries: queries, keys: 90, widths: (9, 9), causal: causal, offset: 20))
        cases.append(Case(heads: 2, queries: queries, keys: 2, widths: (9, 9), causal: causal, offset: 1))
        cases.append(Case(heads: 2, queries: queries, keys: 0, widths: (9, 10), causal: causal))
      }
    }
    // A past long enough to be cut into parts, and scores that vary by tens.
    cases.append(Case(batch: 1, heads: 3, keyHeads: 1, queries: 2, widths: (33, 17), offset: 3000, padding: 1))
    cases.append(Case(batch: 1, heads: 1, queries: 150, widths: (64, 64), sharpness: 10))
    cases.append(Case(heads: 2, queries: 0, keys: 50, widths: (8, 8), causal: false))
    cases.append(Case(batch: 0, heads: 2, queries: 3, widths: (8, 8)))
    return cases
  }()

  /// The operands of a case and its results.
  struct Problem {
    let test: Case
    let naive: NaiveSoftmaxAttention
    let dOut: [Double]

    init(_ test: Case, seed: UInt64 = 1) {
      let shape = test.shape
      var noise = RecurrenceNoise(seed: seed)
      let keys = shape.batch * shape.keys * shape.keyHeads
      let queries = shape.batch * shape.queries * shape.heads
      self.test = test
      naive = NaiveSoftmaxAttention(
        shape, q: noise.array(queries * shape.keyWidth).map { $0 * test.sharpness },
        k: noise.array(keys * shape.keyWidth), v: noise.array(keys * shape.valueWidth))
      dOut = noise.array(queries * shape.valueWidth)
    }

    struct Results: Equatable {
      var out, logSumExp, dq, dk, dv: [Float]
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
      let positions = shape.batch * shape.heads * t
      var logSumExp = [Float](repeating: GuardedRows.guardValue, count: positions + 1)
      softmaxAttention(
        shape, q: q.rows, k: k.rows, v: v.rows, out: out.mutableRows, logSumExp: &logSumExp, on: isa)
      softmaxAttentionGradient(
        shape, q: q.rows, k: k.rows, v: v.rows, out: out.rows, logSumExp: logSumExp, dOut: dy.rows,
        dq: dq.mutableRows, dk: dk.mutableRows, dv: dv.mutableRows, on: isa)
      #expect(logSumExp.removeLast() == GuardedRows.guardValue)
      return Results(
        out: out.values(), logSumExp: logSumExp, dq: dq.values(), dk: dk.values(), dv: dv.values())
    }
  }

  @Test(arguments: cases) func valuesAndGradientsEqualTheNaiveLoop(test: Case) {
    let problem = Problem(test)
    let naive = problem.naive
    let gradient = naive.gradient(problem.dOut)
    for isa in InstructionSet.supported {
      let results = problem.results(on: isa)
      check(results.out, naive.out, "output", isa)
      check(results.dv, gradient.v, "dv", isa)
      // Where a query sees one key, nothing is left of these gradients to compare: relative to the greatest they can be.
      check(results.dq, gradient.q, norm: norm(problem.dOut) * 0.1, "dq", isa)
      check(results.dk, gradient.k, norm: norm(problem.dOut) * 0.1 * test.sharpness, "dk", isa)
      if test.shape.keys > 0 {
        check(results.logSumExp, naive.logSumExp, norm: norm(naive.logSumExp) + 1, "logSumExp", isa)
      } else {
        #expect(results.logSumExp.allSatisfy { $0 == -.infinity })
      }
    }
  }

  func check(
    _ got: [Float], _ want: [Double], norm least: Double = 0, _ name: String, _ isa: InstructionSet
  ) {
    let error = errorRatio(got, want, norm: max(norm(want), least))
    #expect(error <= Self.tolerance, "\(name) under \(isa)")
  }

  func norm(_ x: [Double]) -> Double {
    var sum = 0.0
    for element in x { sum += element * element }
    return sum.squareRoot()
  }

  /// The reference itself against central differences.
  @Test(arguments: [true, false]) func naiveGradientIsTheDerivative(causal: Bool) {
    let test = Case(heads: 4, keyHeads: 2, queries: 5, widths: (3, 2), causal: causal, offset: 2)
    let problem = Problem(test, seed: 9)
    let naive = problem.naive
    let gradient = naive.gradient(problem.dOut)
    var noise = RecurrenceNoise(seed: 4)
    let directions = [naive.q, naive.k, naive.v].map { noise.array($0.count) }
    func loss(_ step: Double) -> Double {
      func moved(_ x: [Double], _ index: Int) -> [Double] { x.indices.map { x[$0] + step * directions[index][$0] } }
      let moved = NaiveSoftmaxAttention(
        test.shape, q: moved(naive.q, 0), k: moved(naive.k, 1), v: moved(naive.v, 2))
      return dot(moved.out, problem.dOut)
    }
    let slope = dot(gradient.q, directions[0]) + dot(gradient.k, directions[1]) + dot(gradient.v, directions[2])
    expectSlope(slope, of: loss)
  }

  @Test func eachQuerySeesOnlyThePast() {
    let test = Case(batch: 1, heads: 2, queries: 120, widths: (8, 8))
    let before = Problem(test)
    var (k, v) = (before.naive.k, before.naive.v)
    for index in 61 * 16..<62 * 16 {
      k[index] += 50
      v[index] = 1e30
    }
    let after = Problem(before, k: k, v: v)
    let (first, second) = (before.results().out, after.results().out)
    let (isPastSame, isRestSame) = (first[..<(61 * 16)] == second[..<(61 * 16)], first.suffix(16) == second.suffix(16))
    #expect(isPastSame && !isRestSame)
  }

  @Test func aScoreThatIsNotANumberIsNotHidden() {
    let test = Case(batch: 1, heads: 1, queries: 80, widths: (8, 8))
    let before = Problem(test)
    var q = before.naive.q
    q[70 * 8] = .nan
    for isa in InstructionSet.supported {
      let results = Problem(before, q: q).results(on: isa)
      #expect(results.out[..<(70 * 8)].allSatisfy { $0.isFinite } && results.out[70 * 8].isNaN)
      #expect(results.logSumExp[70].isNaN)
    }
  }
}

extension SoftmaxAttentionTests.Problem {
  /// The same with other operands.
  init(_ problem: Self, q: [Double]? = nil, k: [Double]? = nil, v: [Double]? = nil) {
    test = problem.test
    dOut = problem.dOut
    naive = NaiveSoftmaxAttention(
      test.shape, q: q ?? problem.naive.q, k: k ?? problem.naive.k, v: v ?? problem.naive.v)
  }
}
