import Testing

@testable import GodwitKernels

@Suite struct LinearAttentionTests {
  static let tolerance = 3e-6

  struct Case: Sendable, CustomTestStringConvertible {
    var batch, heads, length, keyWidth, valueWidth, chunk: Int
    var causal: Bool
    var map: ElementwiseFeatureMap
    var normalized: Bool
    var padding = 0
    var testDescription: String {
      "B\(batch) H\(heads) T\(length) K\(keyWidth) V\(valueWidth) chunk \(chunk) causal \(causal) \(map) \(normalized)"
    }
    var shape: LinearAttentionShape {
      LinearAttentionShape(
        batch: batch, heads: heads, length: length, keyWidth: keyWidth, valueWidth: valueWidth, causal: causal,
        chunk: chunk)
    }
  }

  // With one key column the query cancels from a normalised output, and nothing is left of its gradient to compare.
  static let cases: [Case] = {
    var cases = [Case]()
    for (length, chunk) in [(0, 8), (1, 8), (7, 8), (8, 8), (33, 8), (100, 32)] {
      for (keyWidth, valueWidth) in [(1, 1), (5, 3), (16, 33), (70, 64)] {
        for causal in [true, false] {
          cases.append(
            Case(
              batch: 2, heads: 3, length: length, keyWidth: keyWidth, valueWidth: valueWidth, chunk: chunk,
              causal: causal, map: .eluPlusOne, normalized: keyWidth > 1, padding: length % 2 == 0 ? 0 : 5))
        }
      }
    }
    for causal in [true, false] {
      // Enough heads that several are scanned by one task, in turns.
      cases.append(
        Case(
          batch: 4, heads: 8, length: 37, keyWidth: 12, valueWidth: 20, chunk: 16, causal: causal, map: .eluPlusOne,
          normalized: true, padding: 2))
      for map in ElementwiseFeatureMap.allCases {
        cases.append(
          Case(
            batch: 1, heads: 1, length: 41, keyWidth: 12, valueWidth: 130, chunk: 16, causal: causal, map: map,
            normalized: false, padding: 3))
        if map == .identity { continue }
        cases.append(
          Case(
            batch: 2, heads: 2, length: 33, keyWidth: 21, valueWidth: 19, chunk: 8, causal: causal, map: map,
            normalized: true, padding: 1))
      }
    }
    return cases
  }()

  struct Problem {
    var naive: NaiveLinearAttention
    var dy, dState, dSum: [Double]

    init(_ test: Case, seed: UInt64 = 1) {
      var noise = RecurrenceNoise(seed: seed)
      let positions = test.batch * test.length * test.heads
      let states = test.batch * test.heads * test.keyWidth
      func positive(_ values: [Double]) -> [Double] { values.map { Double(Float($0 * 0.5 + 1)) } }
      naive = NaiveLinearAttention(
        test.shape, map: test.map, normalized: test.normalized,
        q: noise.array(positions * test.keyWidth).map { $0 * 3 }, k: noise.array(positions * test.keyWidth),
        v: noise.array(positions * test.valueWidth), initialState: noise.array(states * test.valueWidth),
        initialSum: positive(noise.array(states)))
      dy = noise.array(positions * test.valueWidth)
      dState = noise.array(states * test.valueWidth)
      dSum = noise.array(states)
    }
  }

  func check(_ got: [Float], _ want: [Double], _ name: String, _ isa: InstructionSet) {
    let error = errorRatio(got, want)
    #expect(error <= Self.tolerance, "\(name) under \(isa)")
  }

  @Test(arguments: cases) func forwardAndGradientEqualTheNaiveLoop(test: Case) {
    let problem = Problem(test)
    let naive = problem.naive
    let gradient = naive.gradient(dy: problem.dy, dState: problem.dState, dSum: problem.dSum)
    let keys = test.heads * test.keyWidth
    let values = test.heads * test.valueWidth
    func rows(_ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
      GuardedRows(batch: test.batch, length: test.length, width: width, padding: test.padding, contents)
    }
    for isa in InstructionSet.supported {
      let (q, k, v) = (rows(keys, naive.q), rows(keys, naive.k), rows(values, naive.v))
      let (dq, dk, dv) = (rows(keys), rows(keys), rows(values))
      let (y, dy) = (rows(values), rows(values, problem.dy))
      defer { for array in [q, k, v, dq, dk, dv, y, dy] { array.free() } }
      var denominator = [Float](repeating: .nan, count: naive.denominator.count)
      var exponents = [Float](repeating: 0, count: denominator.count)
      var finalState = [Float](repeating: .nan, count: naive.finalState.count)
      var finalSum = [Float](repeating: .nan, count: naive.finalSum.count)
      linearAttention(
        test.shape, map: test.map, normalized: test.normalized, queries: q.rows, keys: k.rows, values: v.rows,
        output: y.mutableRows, denominator: &denominator, exponents: &exponents,
        initialState: floats(naive.initialState), initialSum: floats(naive.initialSum), finalState: &finalState,
        finalSum: &finalSum, on: isa)
      check(y.values(), naive.output, "output", isa)
      check(finalState, naive.finalState, "final state", isa)
      if test.normalized {
        check(denominator, naive.denominator, "denominator", isa)
        check(finalSum, naive.finalSum, "final sum", isa)
      }

      var dInitial = [Float](repeating: .nan, count: naive.initialState.count)
      var dInitialSum = [Float](repeating: .nan, count: naive.initialSum.count)
      linearAttentionGradient(
        test.shape, map: test.map, normalized: test.normalized, queries: q.rows, keys: k.rows, values: v.rows,
        output: y.rows, denominator: denominator, exponents: exponents, initialState: floats(naive.initialState),
        initialSum: floats(naive.initialSum), outputGradient: dy.rows, finalStateGradient: floats(problem.dState),
        finalSumGradient: floats(problem.dSum), queryGradient: dq.mutableRows, keyGradient: dk.mutableRows,
        valueGradient: dv.mutableRows, initialStateGradient: &dInitial, initialSumGradient: &dInitialSum, on: isa)
      check(dq.values(), gradient.q, "dq", isa)
      check(dk.values(), gradient.k, "dk", isa)
      check(dv.values(), gradient.v, "dv", isa)
      check(dInitial, gradient.state, "gradient of the initial state", isa)
      if test.normalized { check(dInitialSum, gradient.sum, "gradient of the initial sum", isa) }
    }
  }

  /// The reference itself against central differences.
  @Test(arguments: [true, false]) func naiveGradientIsTheDerivative(causal: Bool) {
    let test = Case(
      batch: 1, heads: 2, length: 6, keyWidth: 3, valueWidth: 2, chunk: 4, causal: causal, map: .eluPlusOne,
      normalized: true)
    let problem = Problem(test, seed: 9)
    let naive = problem.naive
    var noise = RecurrenceNoise(seed: 4)
    let gradient = naive.gradient(dy: problem.dy, dState: problem.dState, dSum: problem.dSum)
    let directions = [naive.q, naive.k, naive.v, naive.initialState, naive.initialSum].map { noise.array($0.count) }
    func loss(_ step: Double) -> Double {
      func moved(_ x: [Double], _ index: Int) -> [Double] {
        x.indices.map { x[$0] + step * directions[index][$0] }
      }
      let moved = NaiveLinearAttention(
        test.shape, map: test.map, normalized: true, q: moved(naive.q, 0), k: moved(naive.k, 1), v: moved(naive.v, 2),
        initialState: moved(naive.initialState, 3), initialSum: moved(naive.initialSum, 4))
      return dot(moved.output, problem.dy) + dot(moved.finalState, problem.dState) + dot(moved.finalSum, problem.dSum)
    }
    var slope = 0.0
    for (index, part) in [gradient.q, gradient.k, gradient.v, gradient.state, gradient.sum].enumerated() {
      slope += dot(part, directions[index])
    }
    expectSlope(slope, of: loss)
  }

  /// The output of `length` positions in `pieces` that hand their state on.
  func output(_ problem: Problem, _ test: Case, pieces: [Int], chunk: Int) -> [Float] {
    let (keys, values) = (test.heads * test.keyWidth, test.heads * test.valueWidth)
    let q = GuardedRows(batch: test.batch, length: test.length, width: keys, padding: 0, problem.naive.q)
    let k = GuardedRows(batch: test.batch, length: test.length, width: keys, padding: 0, problem.naive.k)
    let v = GuardedRows(batch: test.batch, length: test.length, width: values, padding: 0, problem.naive.v)
    let y = GuardedRows(batch: test.batch, length: test.length, width: values, padding: 0)
    defer { for array in [q, k, v, y] { array.free() } }
    var state = floats(problem.naive.initialState)
    var sum = floats(problem.naive.initialSum)
    var start = 0
    for count in pieces {
      var shape = test.shape
      shape.length = count
      shape.chunk = chunk
      var nextState = state
      var nextSum = sum
      func from(_ rows: GuardedRows) -> AttentionRows {
        AttentionRows(
          pointer: rows.rows.pointer + start * rows.stride, batchStride: rows.rows.batchStride, rowStride: rows.stride)
      }
      linearAttention(
        shape, map: test.map, normalized: true, queries: from(q), keys: from(k), values: from(v),
        output: MutableAttentionRows(
          pointer: y.storage + start * values, batchStride: y.rows.batchStride, rowStride: values),
        initialState: state, initialSum: sum, finalState: &nextState, finalSum: &nextSum)
      (state, sum) = (nextState, nextSum)
      start += count
    }
    return y.values()
  }

  @Test(arguments: [(1, 1), (2, 8), (1, 3)]) func neitherChunkNorPiecesChangeABit(batch: Int, heads: Int) {
    let test = Case(
      batch: batch, heads: heads, length: 100, keyWidth: 20, valueWidth: 100, chunk: 32, causal: true, map: .eluPlusOne,
      normalized: true)
    let problem = Problem(test)
    let want = output(problem, test, pieces: [100], chunk: 32)
    #expect(output(problem, test, pieces: [100], chunk: 7) == want)
    #expect(output(problem, test, pieces: [1, 40, 0, 59], chunk: 16) == want)
  }

  @Test func eachPositionSeesOnlyThePast() {
    let test = Case(
      batch: 1, heads: 2, length: 40, keyWidth: 8, valueWidth: 8, chunk: 16, causal: true, map: .eluPlusOne,
      normalized: true)
    let problem = Problem(test)
    var changed = problem
    for index in 20 * 16..<21 * 16 {
      changed.naive.k[index] += 0.5
      changed.naive.v[index] -= 0.5
    }
    let before = output(problem, test, pieces: [40], chunk: 16)
    let after = output(changed, test, pieces: [40], chunk: 16)
    #expect(before[..<(20 * 16)] == after[..<(20 * 16)])
    #expect(before[(20 * 16)...] != after[(20 * 16)...])
  }
}
