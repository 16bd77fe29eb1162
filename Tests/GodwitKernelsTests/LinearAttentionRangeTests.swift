import Testing

@testable import GodwitKernels

/// Means of values by weights that float32 cannot hold, or hardly can: what float64 gives.
@Suite struct LinearAttentionRangeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var map: ElementwiseFeatureMap
    /// What queries and keys of the size of 1 are multiplied by, and what is added to them.
    var query, key: Double
    var place = 0.0
    var testDescription: String { "\(map), queries \(query), keys \(key), \(place) more" }
  }

  static let cases: [Case] = [
    // Sums of weights beyond the greatest float.
    Case(map: .relu, query: 5e18, key: 5e18), Case(map: .relu, query: 1e30, key: 1e20),
    Case(map: .relu, query: 3e38, key: 1e22), Case(map: .relu, query: 1, key: 1e23),
    Case(map: .eluPlusOne, query: 5e18, key: 5e18), Case(map: .eluPlusOne, query: 3e38, key: 1e23),
    Case(map: .reluSquared, query: 2.5e9, key: 2.5e9), Case(map: .reluSquared, query: 1e19, key: 1e11),
    // Features of queries are beyond it, too.
    Case(map: .reluSquared, query: 1e25, key: 1), Case(map: .reluSquared, query: 3e38, key: 1e11),
    // Near 0.
    Case(map: .relu, query: 1e-20, key: 1e-20), Case(map: .relu, query: 1e-30, key: 1e-30),
    Case(map: .relu, query: 1e30, key: 1e-36), Case(map: .relu, query: 1e-36, key: 1e20),
    Case(map: .reluSquared, query: 1e-9, key: 1e-9), Case(map: .reluSquared, query: 1e-30, key: 1e-15),
    Case(map: .eluPlusOne, query: 1, key: 1, place: -50), Case(map: .eluPlusOne, query: 5, key: 5, place: -75),
    // Nothing is out of range.
    Case(map: .relu, query: 1e9, key: 1e8), Case(map: .reluSquared, query: 1e-4, key: 1),
  ]

  @Test(arguments: cases, [true, false]) func valuesAndGradientsAreThoseOfFloat64(test: Case, causal: Bool) {
    let shape = LinearAttentionShape(
      batch: 2, heads: 2, length: 37, keyWidth: 12, valueWidth: 20, causal: causal, chunk: 16)
    var noise = RecurrenceNoise(seed: 3)
    let (k, v) = (shape.batch * shape.length * shape.heads * 12, shape.batch * shape.length * shape.heads * 20)
    let states = shape.batch * shape.heads * 12
    // What is as large as float32 can hold in the kernel is what it is in float64.
    func scaled(_ values: [Double], _ factor: Double) -> [Double] {
      values.map { Double(Float($0 * factor + test.place)) }
    }
    var q = scaled(noise.array(k), test.query)
    // The first features of all rows are positive, so that each has weights; one query in ten is of the size of 1.
    for row in 0..<k / 12 {
      if row % 10 == 4 { for column in 0..<12 { q[row * 12 + column] = Double(Float(noise.next())) + test.place } }
      q[row * 12] = test.place == 0 ? abs(q[row * 12]) : q[row * 12]
    }
    var keys = scaled(noise.array(k), test.key)
    for row in 0..<k / 12 where test.place == 0 { keys[row * 12] = abs(keys[row * 12]) }
    let naive = NaiveLinearAttention(
      shape, map: test.map, normalized: true, q: q, k: keys, v: noise.array(v),
      initialState: [Double](repeating: 0, count: states * 20), initialSum: [Double](repeating: 0, count: states))
    let dy = noise.array(v)
    let want = naive.gradient(
      dy: dy, dState: [Double](repeating: 0, count: states * 20), dSum: [Double](repeating: 0, count: states))
    for isa in InstructionSet.supported {
      let got = results(shape, test.map, q: q, k: keys, v: naive.v, dy: dy, isa)
      check(got.y, naive.output, "output under \(isa)", width: 20)
      check(got.dq, want.q, "dq under \(isa)", width: 12)
      check(got.dk, want.k, "dk under \(isa)", width: 12)
      check(got.dv, want.v, "dv under \(isa)", width: 20)
    }
  }

  /// By kinds of rows, as some are much larger than others; those that float32 cannot hold are not compared.
  private func check(_ got: [Float], _ want: [Double], _ name: String, width: Int) {
    for kind in [false, true] {
      let places = want.indices.filter { ($0 / width % 10 == 4) == kind }
      let size = places.map { abs(want[$0]) }.max()!
      guard size < 1e38, size > 1e-31 else { continue }
      let error = errorRatio(places.map { Float(Double(got[$0]) / size) }, places.map { want[$0] / size })
      #expect(error <= 1e-5, "\(name), small queries \(kind), up to \(size): \(error)")
    }
  }

  /// Keys beyond the limit count as much as one at the limit; what is not a number stays so.
  @Test(arguments: [ElementwiseFeatureMap.relu, .reluSquared, .eluPlusOne]) func keysAreLimited(
    map: ElementwiseFeatureMap
  ) {
    let shape = LinearAttentionShape(batch: 1, heads: 1, length: 40, keyWidth: 3, valueWidth: 2)
    let v = (0..<80).map { Double($0 % 7) }
    for size in [1e25, 1e30, 3e38] {
      let (q, k) = ([Double](repeating: size, count: 120), [Double](repeating: size, count: 120))
      for isa in InstructionSet.supported {
        let got = results(shape, map, q: q, k: k, v: v, dy: [Double](repeating: 1, count: 80), isa)
        for row in 0..<40 {
          for column in 0..<2 {
            let mean = (0...row).reduce(0) { $0 + v[2 * $1 + column] } / Double(row + 1)
            #expect(abs(Double(got.y[2 * row + column]) - mean) < 1e-6, "\(size), row \(row), \(isa)")
          }
        }
        #expect(got.dk.allSatisfy { $0 == 0 }, "dk of \(size), \(isa)")
        #expect((got.dq + got.dv).allSatisfy { $0.isFinite }, "dq and dv of \(size), \(isa)")
        // The others are 0 of what is not a number.
        guard map == .eluPlusOne else { continue }
        var odd = k
        odd[61] = .nan
        let broken = results(shape, map, q: q, k: odd, v: v, dy: [Double](repeating: 1, count: 80), isa)
        #expect(broken.y[..<40] == got.y[..<40] && broken.y[40...].allSatisfy { $0.isNaN }, "\(isa)")
      }
    }
  }

  private func results(
    _ shape: LinearAttentionShape, _ map: ElementwiseFeatureMap, q: [Double], k: [Double], v: [Double], dy: [Double],
    _ isa: InstructionSet
  ) -> (y: [Float], dq: [Float], dk: [Float], dv: [Float]) {
    func rows(_ width: Int, _ contents: [Double]? = nil) -> GuardedRows {
      GuardedRows(
        batch: shape.batch, length: shape.length, width: shape.heads * width, padding: 3, contents)
    }
    let (q, k, v) = (rows(shape.keyWidth, q), rows(shape.keyWidth, k), rows(shape.valueWidth, v))
    let (dq, dk, dv) = (rows(shape.keyWidth), rows(shape.keyWidth), rows(shape.valueWidth))
    let (y, dy) = (rows(shape.valueWidth), rows(shape.valueWidth, dy))
    defer { for array in [q, k, v, dq, dk, dv, y, dy] { array.free() } }
    var denominator = [Float](repeating: .nan, count: shape.batch * shape.length * shape.heads)
    var exponents = [Float](repeating: 0, count: denominator.count)
    linearAttention(
      shape, map: map, normalized: true, queries: q.rows, keys: k.rows, values: v.rows, output: y.mutableRows,
      denominator: &denominator, exponents: &exponents, on: isa)
    linearAttentionGradient(
      shape, map: map, normalized: true, queries: q.rows, keys: k.rows, values: v.rows, output: y.rows,
      denominator: denominator, exponents: exponents, outputGradient: dy.rows, queryGradient: dq.mutableRows,
      keyGradient: dk.mutableRows, valueGradient: dv.mutableRows, on: isa)
    return (y.values(), dq.values(), dk.values(), dv.values())
  }
}
