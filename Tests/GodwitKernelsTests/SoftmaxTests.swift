import Testing

@testable import GodwitKernels

@Suite struct SoftmaxTests {
  static let cases: [LogitsCase] =
    [(0, 5), (4, 0), (5, 1), (5, 2), (3, 7), (2, 16), (7, 17), (3, 33), (2, 64), (5, 100), (2, 1025), (700, 40)]
    .map { LogitsCase(rows: $0.0, n: $0.1) } + [
      LogitsCase(rows: 3, n: 50, scale: 80), LogitsCase(rows: 3, n: 50, scale: 3e4),
      LogitsCase(rows: 3, n: 50, offset: 1e4),
      LogitsCase(rows: 3, n: 50, offset: -1e4), LogitsCase(rows: 5, n: 2, masked: true),
      LogitsCase(rows: 3, n: 37, masked: true),
      LogitsCase(rows: 2, n: 256, scale: 80, masked: true),
    ]

  @Test(arguments: cases, DType.allCases) func valuesEqualTheNaiveLoop(test: LogitsCase, dtype: DType) {
    var noise = RecurrenceNoise(seed: 21)
    let x = test.logits(dtype, &noise)
    for isa in InstructionSet.supported {
      let name = "\(test) under \(isa)"
      let y = run(dtype, count: x.count, [x]) { softmax(dtype, rows: test.rows, n: test.n, $0[0], $1, on: isa) }
      expectEqual(y, rows(x, test.n).flatMap { NaiveRow.softmax($0) }, dtype, "softmax \(name)")
      let z = run(dtype, count: x.count, [x]) { logSoftmax(dtype, rows: test.rows, n: test.n, $0[0], $1, on: isa) }
      expectEqual(z, rows(x, test.n).flatMap { NaiveRow.logSoftmax($0) }, dtype, "logSoftmax \(name)")
      let sums = run(dtype, count: test.rows, [x]) { logSumExp(dtype, rows: test.rows, n: test.n, $0[0], $1, on: isa) }
      let want = (0..<test.rows).map { row in NaiveRow.logSumExp(Array(x[row * test.n..<(row + 1) * test.n])) }
      expectEqual(sums, want, dtype, "logSumExp \(name)")
    }
  }

  @Test(arguments: cases, DType.allCases) func gradientsEqualTheNaiveLoop(test: LogitsCase, dtype: DType) {
    var noise = RecurrenceNoise(seed: 22)
    let x = test.logits(dtype, &noise)
    let dy = noise.array(x.count)
    let y = rows(x, test.n).flatMap { NaiveRow.softmax($0) }.map { dtype.rounding($0) }
    let z = rows(x, test.n).flatMap { NaiveRow.logSoftmax($0) }.map { dtype.rounding($0) }
    let pairs = zip(rows(y, test.n), rows(dy, test.n)).map { NaiveRow.softmaxGradient(y: $0, dy: $1) }
    let logPairs = zip(rows(z, test.n), rows(dy, test.n)).map { NaiveRow.logSoftmaxGradient(y: $0, dy: $1) }
    for isa in InstructionSet.supported {
      let name = "\(test) under \(isa)"
      let dx = run(dtype, count: x.count, [y, dy]) {
        softmaxGradient(dtype, rows: test.rows, n: test.n, y: $0[0], dy: $0[1], dx: $1, on: isa)
      }
      expectEqual(dx, pairs.flatMap { $0 }, dtype, "softmaxGradient \(name)")
      let dz = run(dtype, count: x.count, [z, dy]) {
        logSoftmaxGradient(dtype, rows: test.rows, n: test.n, y: $0[0], dy: $0[1], dx: $1, on: isa)
      }
      expectEqual(dz, logPairs.flatMap { $0 }, dtype, "logSoftmaxGradient \(name)")
    }
  }

  /// What the documentation says of rows that no softmax is defined for.
  @Test(arguments: DType.allCases) func rowsWithoutAFiniteMaximum(dtype: DType) {
    let infinity = Double.infinity
    for n in [1, 4, 19] {
      let blank = [Double](repeating: -infinity, count: n)
      var positive = blank
      positive[n / 2] = infinity
      var undefined = blank
      undefined[n - 1] = .nan
      let x = blank + positive + undefined
      for isa in InstructionSet.supported {
        let y = run(dtype, count: 3 * n, [x]) { softmax(dtype, rows: 3, n: n, $0[0], $1, on: isa) }
        let z = run(dtype, count: 3 * n, [x]) { logSoftmax(dtype, rows: 3, n: n, $0[0], $1, on: isa) }
        #expect((y + z).allSatisfy { $0.isNaN })
        let sums = run(dtype, count: 3, [x]) { logSumExp(dtype, rows: 3, n: n, $0[0], $1, on: isa) }
        #expect(sums[0] == -infinity && sums[1] == infinity && sums[2].isNaN)
      }
    }
  }

  /// The naive gradients against central differences of the naive values.
  @Test func naiveGradientsAreDerivatives() {
    var noise = RecurrenceNoise(seed: 23)
    let (x, dy, direction) = (noise.array(9), noise.array(9), noise.array(9))
    expectDerivative(x, direction, NaiveRow.softmaxGradient(y: NaiveRow.softmax(x), dy: dy)) {
      dot(NaiveRow.softmax($0), dy)
    }
    expectDerivative(x, direction, NaiveRow.logSoftmaxGradient(y: NaiveRow.logSoftmax(x), dy: dy)) {
      dot(NaiveRow.logSoftmax($0), dy)
    }
  }
}
