import Testing

@testable import GodwitKernels

@Suite struct CrossEntropyTests {
  static let cases: [LogitsCase] =
    [(0, 4), (5, 1), (6, 2), (3, 7), (2, 16), (33, 17), (17, 64), (5, 100), (3, 1025), (900, 40)]
    .map { LogitsCase(rows: $0.0, n: $0.1) } + [
      LogitsCase(rows: 4, n: 50, scale: 80), LogitsCase(rows: 4, n: 50, scale: 1e4),
      LogitsCase(rows: 5, n: 2, masked: true),
      LogitsCase(rows: 3, n: 256, scale: 80, masked: true),
    ]

  struct Sample {
    var x: [Double]
    var targets: [Int32]
    var dLoss: [Double]

    init(_ test: LogitsCase) {
      var noise = RecurrenceNoise(seed: 31)
      targets = noise.array(test.rows).map { min(Int32(($0 + 1) / 2 * Double(test.n)), Int32(test.n - 1)) }
      x = test.logits(.float32, &noise, targets: targets)
      dLoss = noise.array(test.rows)
    }
  }

  func gradient(_ test: LogitsCase, _ sample: Sample, _ sums: [Double], _ isa: InstructionSet = .current) -> [Double] {
    run(.float32, count: sample.x.count, [sample.x, sums, sample.dLoss]) { inputs, result in
      crossEntropyGradient(
        rows: test.rows, n: test.n, logits: inputs[0].floats, targets: sample.targets, logSumExp: inputs[1].floats,
        dLoss: inputs[2].floats, dLogits: result.floats, on: isa)
    }
  }

  /// The losses and then the sums.
  func value(_ test: LogitsCase, _ sample: Sample, _ isa: InstructionSet = .current) -> [Double] {
    run(.float32, count: 2 * test.rows, [sample.x]) { inputs, result in
      crossEntropy(
        rows: test.rows, n: test.n, logits: inputs[0].floats, targets: sample.targets, loss: result.floats,
        logSumExp: result.floats + test.rows, on: isa)
    }
  }

  @Test(arguments: cases) func valueAndGradientEqualTheNaiveLoop(test: LogitsCase) {
    let sample = Sample(test)
    let split = rows(sample.x, test.n)
    let losses = zip(split, sample.targets).map { NaiveRow.crossEntropy($0, Int($1)) }
    let sums = split.map { NaiveRow.logSumExp($0) }
    let want = split.indices.flatMap {
      NaiveRow.crossEntropyGradient(split[$0], Int(sample.targets[$0]), sample.dLoss[$0])
    }
    for isa in InstructionSet.supported {
      let got = value(test, sample, isa)
      expectEqual(Array(got[..<test.rows]), losses, .float32, "loss of \(test) under \(isa)")
      expectEqual(Array(got[test.rows...]), sums, .float32, "log Σ exp of \(test) under \(isa)")
      expectEqual(
        gradient(test, sample, Array(got[test.rows...]), isa), want, .float32, "gradient of \(test) under \(isa)")
    }
  }

  /// What the documentation says of masked targets and of rows that are masked throughout.
  @Test func maskedTargets() {
    let x = [-Double.infinity, 1, 2] + [Double](repeating: -.infinity, count: 3)
    for isa in InstructionSet.supported {
      let got = run(.float32, count: 2, [x]) { inputs, result in
        var sums: [Float] = [0, 0]
        crossEntropy(
          rows: 2, n: 3, logits: inputs[0].floats, targets: [0, 0], loss: result.floats, logSumExp: &sums, on: isa)
      }
      #expect(got[0] == .infinity && got[1].isNaN)
    }
  }

  @Test func naiveGradientIsTheDerivative() {
    var noise = RecurrenceNoise(seed: 32)
    let (x, direction) = (noise.array(9), noise.array(9))
    expectDerivative(x, direction, NaiveRow.crossEntropyGradient(x, 4, 0.7)) { 0.7 * NaiveRow.crossEntropy($0, 4) }
  }
}
