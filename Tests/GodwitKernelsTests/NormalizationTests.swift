import Testing

@testable import GodwitKernels

@Suite struct NormalizationTests {
  struct Case: Sendable {
    var rows, n: Int
    var offset = 0.0
  }

  static let cases: [Case] =
    [(0, 5), (5, 1), (6, 2), (3, 7), (2, 16), (5, 17), (33, 33), (4, 64), (5, 100), (3, 1025), (700, 40)]
    .map { Case(rows: $0.0, n: $0.1) } + [Case(rows: 6, n: 48, offset: 10)]

  struct Sample {
    var test: Case
    var x, scale, shift, dy: [Double]

    init(_ test: Case) {
      var noise = RecurrenceNoise(seed: 41)
      self.test = test
      x = noise.array(test.rows * test.n).map { Double(Float(2 * $0 + test.offset)) }
      scale = noise.array(test.n)
      shift = noise.array(test.n)
      dy = noise.array(test.rows * test.n)
    }

    /// y, the means and the inverses one after another.
    func layerNorm(_ isa: InstructionSet = .current) -> [Double] {
      let count = x.count
      return run(.float32, count: count + 2 * test.rows, [x, scale, shift]) { inputs, result in
        GodwitKernels.layerNorm(
          rows: test.rows, n: test.n, epsilon: 1e-5, inputs[0].floats, scale: inputs[1].floats, shift: inputs[2].floats,
          result.floats, mean: result.floats + count, inverse: result.floats + count + test.rows, on: isa)
      }
    }

    /// dx, dScale and dShift one after another.
    func layerNormGradient(_ mean: [Double], _ inverse: [Double], _ isa: InstructionSet = .current) -> [Double] {
      let count = x.count
      return run(.float32, count: count + 2 * test.n, [x, scale, mean, inverse, dy]) { inputs, result in
        GodwitKernels.layerNormGradient(
          rows: test.rows, n: test.n, inputs[0].floats, scale: inputs[1].floats, mean: inputs[2].floats,
          inverse: inputs[3].floats, dy: inputs[4].floats, dx: result.floats, dScale: result.floats + count,
          dShift: result.floats + count + test.n, on: isa)
      }
    }

    /// y and the inverses.
    func rmsNorm(_ isa: InstructionSet = .current) -> [Double] {
      let count = x.count
      return run(.float32, count: count + test.rows, [x, scale]) { inputs, result in
        GodwitKernels.rmsNorm(
          rows: test.rows, n: test.n, epsilon: 1e-5, inputs[0].floats, scale: inputs[1].floats, result.floats,
          inverse: result.floats + count, on: isa)
      }
    }

    /// dx and dScale.
    func rmsNormGradient(_ inverse: [Double], _ isa: InstructionSet = .current) -> [Double] {
      let count = x.count
      return run(.float32, count: count + test.n, [x, scale, inverse, dy]) { inputs, result in
        GodwitKernels.rmsNormGradient(
          rows: test.rows, n: test.n, inputs[0].floats, scale: inputs[1].floats, inverse: inputs[2].floats,
          dy: inputs[3].floats, dx: result.floats, dScale: result.floats + count, on: isa)
      }
    }

    /// dy · scale · inverse, from which a row's dx is left over; nearly nothing of it where a row is very short.
    func terms(_ inverse: [Double]) -> [Double] {
      dy.enumerated().map { index, dy in dy * scale[index % test.n] * inverse[index / test.n] }
    }

    func sum(_ rows: [[Double]]) -> [Double] {
      rows.reduce([Double](repeating: 0, count: test.n)) { zip($0, $1).map { $0 + $1 } }
    }
  }

  @Test(arguments: cases) func layerNormEqualsTheNaiveLoop(test: Case) {
    let sample = Sample(test)
    let (x, dy) = (rows(sample.x, test.n), rows(sample.dy, test.n))
    let want = x.map { NaiveRow.layerNorm($0, scale: sample.scale, shift: sample.shift, epsilon: Double(Float(1e-5))) }
    let gradients = zip(x, dy).map {
      NaiveRow.layerNormGradient($0, scale: sample.scale, epsilon: Double(Float(1e-5)), dy: $1)
    }
    let terms = sample.terms(want.map { $0.inverse })
    let (means, inverses) = (want.map { $0.mean }, want.map { $0.inverse })
    for isa in InstructionSet.supported {
      let name = "\(test) under \(isa)"
      let got = sample.layerNorm(isa)
      expectEqual(Array(got[..<sample.x.count]), want.flatMap { $0.y }, .float32, "layerNorm of \(name)")
      expectEqual(
        Array(got[sample.x.count...].prefix(test.rows)), means, .float32,
        terms: sample.x.map { $0 / Double(test.n).squareRoot() }, "mean of \(name)")
      expectEqual(Array(got.suffix(test.rows)), inverses, .float32, "inverse of \(name)")
      let d = sample.layerNormGradient(means, inverses, isa)
      expectEqual(Array(d[..<sample.x.count]), gradients.flatMap { $0.dx }, .float32, terms: terms, "dx of \(name)")
      let dScale = Array(d[sample.x.count...].prefix(test.n))
      expectEqual(dScale, sample.sum(gradients.map { $0.dScale }), .float32, "dScale of \(name)")
      expectEqual(Array(d.suffix(test.n)), sample.sum(dy), .float32, "dShift of \(name)")
    }
  }

  @Test(arguments: cases) func rmsNormEqualsTheNaiveLoop(test: Case) {
    let sample = Sample(test)
    let (x, dy) = (rows(sample.x, test.n), rows(sample.dy, test.n))
    let want = x.map { NaiveRow.rmsNorm($0, scale: sample.scale, epsilon: Double(Float(1e-5))) }
    let gradients = zip(x, dy).map {
      NaiveRow.rmsNormGradient($0, scale: sample.scale, epsilon: Double(Float(1e-5)), dy: $1)
    }
    let inverses = want.map { $0.inverse }
    let terms = sample.terms(inverses)
    for isa in InstructionSet.supported {
      let name = "\(test) under \(isa)"
      let got = sample.rmsNorm(isa)
      expectEqual(Array(got[..<sample.x.count]), want.flatMap { $0.y }, .float32, "rmsNorm of \(name)")
      expectEqual(Array(got.suffix(test.rows)), inverses, .float32, "inverse of \(name)")
      let d = sample.rmsNormGradient(inverses, isa)
      expectEqual(Array(d[..<sample.x.count]), gradients.flatMap { $0.dx }, .float32, terms: terms, "dx of \(name)")
      expectEqual(Array(d.suffix(test.n)), sample.sum(gradients.map { $0.dScale }), .float32, "dScale of \(name)")
    }
  }

  @Test func naiveGradientsAreDerivatives() {
    var noise = RecurrenceNoise(seed: 42)
    let n = 9
    let (x, scale, dy, direction) = (noise.array(n), noise.array(n), noise.array(n), noise.array(2 * n))
    let layer = NaiveRow.layerNormGradient(x, scale: scale, epsilon: 0.1, dy: dy)
    expectDerivative(x + scale, direction, layer.dx + layer.dScale) {
      dot(NaiveRow.layerNorm(Array($0[..<n]), scale: Array($0[n...]), shift: scale, epsilon: 0.1).y, dy)
    }
    let rms = NaiveRow.rmsNormGradient(x, scale: scale, epsilon: 0.1, dy: dy)
    expectDerivative(x + scale, direction, rms.dx + rms.dScale) {
      dot(NaiveRow.rmsNorm(Array($0[..<n]), scale: Array($0[n...]), epsilon: 0.1).y, dy)
    }
  }
}
