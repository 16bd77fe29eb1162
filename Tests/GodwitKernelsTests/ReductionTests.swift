import Testing

@testable import GodwitKernels

@Suite struct ReductionTests {
  struct Case: Sendable {
    var outer, n, inner: Int
  }

  static let cases =
    [(0, 5, 3), (2, 0, 3), (1, 1, 1), (4, 7, 1), (3, 33, 1), (1, 1000, 1), (300, 65, 1), (1, 262_145, 1), (1, 2, 1)]
    .map { Case(outer: $0.0, n: $0.1, inner: $0.2) }
    + [(1, 7, 2), (1, 1, 5), (3, 9, 7), (2, 1000, 3), (1, 90_001, 3), (2, 260, 50), (1, 9001, 31), (70, 300, 5)]
    .map { Case(outer: $0.0, n: $0.1, inner: $0.2) }
    + [(1, 7, 64), (1, 8, 100), (3, 33, 100), (1, 300, 1024), (2, 3, 5000), (1, 300, 4097), (20, 40, 200)]
    .map { Case(outer: $0.0, n: $0.1, inner: $0.2) }

  func columns(_ test: Case, _ x: [Double]) -> [[Double]] {
    (0..<test.outer * test.inner).map { index in
      let start = index / test.inner * test.n * test.inner + index % test.inner
      return (0..<test.n).map { x[start + $0 * test.inner] }
    }
  }

  func reduced(
    _ reduction: Reduction, _ test: Case, _ x: [Double], _ dtype: DType, _ isa: InstructionSet = .current
  ) -> [Double] {
    run(dtype, count: test.outer * test.inner, [x]) {
      reduce(reduction, dtype, outer: test.outer, n: test.n, inner: test.inner, $0[0], $1, on: isa)
    }
  }

  @Test(arguments: cases, DType.allCases) func sumsEqualTheNaiveLoop(test: Case, dtype: DType) {
    var noise = RecurrenceNoise(seed: 61)
    let x = noise.array(test.outer * test.n * test.inner)
    let columns = columns(test, x)
    for isa in InstructionSet.supported {
      let terms = columns.map { dot($0, $0).squareRoot() }
      expectEqual(
        reduced(.sum, test, x, dtype, isa), columns.map { $0.reduce(0, +) }, dtype, terms: terms, "\(test) under \(isa)"
      )
    }
  }

  @Test(arguments: cases.filter { $0.n > 0 }, DType.allCases) func extremaEqualTheNaiveLoop(test: Case, dtype: DType) {
    var noise = RecurrenceNoise(seed: 62)
    var x = noise.array(test.outer * test.n * test.inner)
    let clean = columns(test, x)
    for isa in InstructionSet.supported {
      #expect(reduced(.maximum, test, x, dtype, isa) == clean.map { $0.max()! }, "\(test) under \(isa)")
      #expect(reduced(.minimum, test, x, dtype, isa) == clean.map { $0.min()! }, "\(test) under \(isa)")
    }
    for index in stride(from: 5, to: x.count, by: 1009) { x[index] = .nan }
    let spoilt = columns(test, x)
    for isa in InstructionSet.supported {
      let y = reduced(.maximum, test, x, dtype, isa)
      let z = reduced(.minimum, test, x, dtype, isa)
      for index in y.indices {
        let isNaN = spoilt[index].contains { $0.isNaN }
        #expect(isNaN ? y[index].isNaN && z[index].isNaN : y[index] == clean[index].max()!, "\(test) under \(isa)")
      }
    }
  }

  /// Three hundred thousand times a tenth, where adding one after another in float32 would be off by a thousandth of the sum.
  @Test(arguments: [Case(outer: 1, n: 300_000, inner: 1), Case(outer: 1, n: 300_000, inner: 2)])
  func longSumsKeepTheirDigits(test: Case) {
    let x = [Double](repeating: Double(Float(0.1)), count: test.n * test.inner)
    let want = Double(Float(0.1)) * 3e5
    for isa in InstructionSet.supported {
      for sum in reduced(.sum, test, x, .float32, isa) { #expect(abs(sum - want) <= 1e-6 * want, "\(isa)") }
    }
  }

  @Test(arguments: cases.filter { $0.n > 0 }, DType.allCases) func argmaxIsTheFirstOfTheGreatest(
    test: Case, dtype: DType
  ) {
    var noise = RecurrenceNoise(seed: 64)
    let x = noise.array(test.outer * test.n * test.inner).map { ($0 * 20).rounded() }
    let want = columns(test, x).map { column in column.firstIndex(of: column.max()!)! }
    for isa in InstructionSet.supported {
      var places = [Int32](repeating: -1, count: want.count + 1)
      _ = run(dtype, count: 0, [x]) { inputs, _ in
        argmax(dtype, outer: test.outer, n: test.n, inner: test.inner, inputs[0], &places, on: isa)
      }
      #expect(places.dropLast().map(Int.init) == want && places.last == -1, "\(test) under \(isa)")
    }
  }

  @Test func argmaxOfNaNIsItsPlace() {
    var place: Int32 = 0
    _ = run(.float32, count: 0, [[1, 3, .nan, 5, .nan]]) { inputs, _ in
      argmax(.float32, outer: 1, n: 5, inner: 1, inputs[0], &place)
    }
    #expect(place == 2)
  }

  @Test(arguments: cases, DType.allCases) func runningSumsEqualTheNaiveLoop(test: Case, dtype: DType) {
    var noise = RecurrenceNoise(seed: 65)
    let x = noise.array(test.outer * test.n * test.inner)
    for (reverse, exclusive) in [(false, false), (false, true), (true, false), (true, true)] {
      var want = x
      for index in 0..<test.outer * test.inner {
        let start = index / test.inner * test.n * test.inner + index % test.inner
        var sum = 0.0
        for t in reverse ? Array((0..<test.n).reversed()) : Array(0..<test.n) {
          want[start + t * test.inner] = exclusive ? sum : sum + x[start + t * test.inner]
          sum += x[start + t * test.inner]
        }
      }
      for isa in InstructionSet.supported {
        let y = run(dtype, count: x.count, [x]) {
          cumulativeSum(
            dtype, outer: test.outer, n: test.n, inner: test.inner, reverse: reverse, exclusive: exclusive, $0[0], $1,
            on: isa)
        }
        expectEqual(y, want, dtype, terms: x, "\(test), reverse \(reverse), exclusive \(exclusive), under \(isa)")
      }
    }
  }
}
