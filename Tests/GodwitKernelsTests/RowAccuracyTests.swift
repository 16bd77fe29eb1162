import Foundation
import Testing

@testable import GodwitKernels

/// How far each kernel over rows is from float64 at worst, over 64 rows of 256 and every instruction set.
///
/// Errors are of single elements, in units of 2⁻²⁴ (half a unit in the last place of 1), relative to the sum of the
/// magnitudes of what the element is a sum or difference of (the element itself, where it is neither). A probability is
/// off by what rounding its logit less the greatest makes of it: by 8 units where they lie 8 apart, by 64 where 80. A
/// kernel that comes to exceed its row of the table has become less accurate.
@Suite struct RowAccuracyTests {
  struct Entry: Sendable, CustomTestStringConvertible {
    let name: String
    /// The worst that was measured, rounded up.
    let worst: Double
    let measure: @Sendable (InstructionSet) -> Double
    var testDescription: String { name }

    init(_ name: String, _ worst: Double, _ measure: @escaping @Sendable (InstructionSet) -> Double) {
      self.name = name
      self.worst = worst
      self.measure = measure
    }
  }

  static let table: [Entry] = [
    Entry("softmax", 9.0, Sample().softmax),
    Entry("softmax, logits up to 40", 68, Sample(scale: 40).softmax),
    Entry("logSoftmax", 2.1, Sample().logSoftmax),
    Entry("logSumExp", 1.0, Sample().logSumExp),
    Entry("softmaxGradient", 1.7, Sample().softmaxGradient),
    Entry("logSoftmaxGradient", 1.0, Sample().logSoftmaxGradient),
    Entry("crossEntropy", 1.4, Sample().crossEntropy),
    Entry("crossEntropyGradient", 11.6, Sample().crossEntropyGradient),
    Entry("crossEntropyGradient, logits up to 40", 68, Sample(scale: 40).crossEntropyGradient),
    Entry("layerNorm", 3.5, Sample().layerNorm),
    Entry("layerNormGradient, dx", 1.7) { Sample().layerNormGradient($0).dx },
    Entry("layerNormGradient, dScale", 2.5) { Sample().layerNormGradient($0).dScale },
    Entry("layerNormGradient, dShift", 2.0) { Sample().layerNormGradient($0).dShift },
    Entry("rmsNorm", 3.5, Sample().rmsNorm),
    Entry("rmsNormGradient, dx", 2.8) { Sample().rmsNormGradient($0).dx },
    Entry("rmsNormGradient, dScale", 2.3) { Sample().rmsNormGradient($0).dScale },
    Entry("rotary", 1.7, Sample().rotary),
    Entry("adamW, parameters", 2.2) { Sample().adamW($0).parameters },
    Entry("adamW, first moment", 2.3) { Sample().adamW($0).first },
    Entry("adamW, second moment", 5.1) { Sample().adamW($0).second },
    Entry("sumOfSquares", 3e-07, Sample().sumOfSquares),
  ]

  @Test(arguments: table) func errorIsWithinTheTable(entry: Entry) {
    for isa in InstructionSet.supported {
      let error = entry.measure(isa)
      #expect(error <= entry.worst, "\(entry.name) under \(isa)")
    }
  }

  /// Uniform inputs and what the kernels make of them.
  struct Sample {
    let count = 64
    let n = 256
    var x, dy, scale, shift: [Double]

    init(scale width: Double = 4) {
      var noise = RecurrenceNoise(seed: 81)
      x = noise.array(64 * 256).map { Double(Float($0 * width)) }
      dy = noise.array(64 * 256)
      scale = noise.array(256)
      shift = noise.array(256)
    }

    var split: [[Double]] { rows(x, n) }
    var targets: [Int32] { (0..<count).map { Int32($0 * 37 % n) } }
  }
}

/// The greatest |got − want| / size, in units of 2⁻²⁴.
private func worst(_ got: some Collection<Double>, _ want: [Double], _ size: [Double]) -> Double {
  var result = 0.0
  for (got, (want, size)) in zip(got, zip(want, size)) {
    result = max(result, got == want ? 0 : abs(got - want) / size * 0x1p24)
    if got.isNaN { return .infinity }
  }
  return got.count == want.count && want.count == size.count ? result : .infinity
}

private func magnitudes(_ x: [Double]) -> [Double] { x.map { abs($0) } }

extension RowAccuracyTests.Sample {
  func softmax(_ isa: InstructionSet) -> Double {
    let want = split.flatMap { NaiveRow.softmax($0) }
    let got = run(.float32, count: x.count, [x]) {
      GodwitKernels.softmax(.float32, rows: count, n: n, $0[0], $1, on: isa)
    }
    return worst(got, want, want)
  }

  func logSoftmax(_ isa: InstructionSet) -> Double {
    let want = split.flatMap { NaiveRow.logSoftmax($0) }
    let got = run(.float32, count: x.count, [x]) {
      GodwitKernels.logSoftmax(.float32, rows: count, n: n, $0[0], $1, on: isa)
    }
    return worst(got, want, magnitudes(want))
  }

  func logSumExp(_ isa: InstructionSet) -> Double {
    let want = split.map { NaiveRow.logSumExp($0) }
    let got = run(.float32, count: count, [x]) {
      GodwitKernels.logSumExp(.float32, rows: count, n: n, $0[0], $1, on: isa)
    }
    return worst(got, want, magnitudes(want))
  }

  func softmaxGradient(_ isa: InstructionSet) -> Double {
    let y = split.flatMap { NaiveRow.softmax($0) }.map { Double(Float($0)) }
    let pairs = zip(rows(y, n), rows(dy, n))
    let want = pairs.flatMap { NaiveRow.softmaxGradient(y: $0, dy: $1) }
    let size = pairs.flatMap { y, dy in
      let sum = dot(y, magnitudes(dy))
      return zip(y, dy).map { $0 * (abs($1) + sum) }
    }
    let got = run(.float32, count: x.count, [y, dy]) {
      GodwitKernels.softmaxGradient(.float32, rows: count, n: n, y: $0[0], dy: $0[1], dx: $1, on: isa)
    }
    return worst(got, want, size)
  }

  func logSoftmaxGradient(_ isa: InstructionSet) -> Double {
    let y = split.flatMap { NaiveRow.logSoftmax($0) }.map { Double(Float($0)) }
    let pairs = zip(rows(y, n), rows(dy, n))
    let want = pairs.flatMap { NaiveRow.logSoftmaxGradient(y: $0, dy: $1) }
    let size = pairs.flatMap { y, dy in
      let sum = magnitudes(dy).reduce(0, +)
      return zip(y, dy).map { abs($1) + exp($0) * sum }
    }
    let got = run(.float32, count: x.count, [y, dy]) {
      GodwitKernels.logSoftmaxGradient(.float32, rows: count, n: n, y: $0[0], dy: $0[1], dx: $1, on: isa)
    }
    return worst(got, want, size)
  }

  func crossEntropy(_ isa: InstructionSet) -> Double {
    let want = zip(split, targets).map { NaiveRow.crossEntropy($0, Int($1)) }
    let got = run(.float32, count: 2 * count, [x]) { inputs, result in
      GodwitKernels.crossEntropy(
        rows: count, n: n, logits: inputs[0].floats, targets: targets, loss: result.floats,
        logSumExp: result.floats + count, on: isa)
    }
    return worst(got[..<count], want, want)
  }

  func crossEntropyGradient(_ isa: InstructionSet) -> Double {
    let dLoss = Array(dy[..<count])
    let want = split.indices.flatMap { NaiveRow.crossEntropyGradient(split[$0], Int(targets[$0]), dLoss[$0]) }
    var size = magnitudes(want)
    for (row, target) in targets.enumerated() { size[row * n + Int(target)] = abs(dLoss[row]) }
    let sums = split.map { NaiveRow.logSumExp($0) }
    let got = run(.float32, count: x.count, [x, sums, dLoss]) { inputs, result in
      GodwitKernels.crossEntropyGradient(
        rows: count, n: n, logits: inputs[0].floats, targets: targets, logSumExp: inputs[1].floats,
        dLoss: inputs[2].floats, dLogits: result.floats, on: isa)
    }
    return worst(got, want, size)
  }

  func layerNorm(_ isa: InstructionSet) -> Double {
    let naive = split.map { NaiveRow.layerNorm($0, scale: scale, shift: shift, epsilon: Double(Float(1e-5))) }
    let size = zip(split, naive).flatMap { x, naive in
      x.indices.map { (abs(x[$0]) + abs(naive.mean)) * naive.inverse * abs(scale[$0]) + abs(shift[$0]) }
    }
    let got = run(.float32, count: x.count + 2 * count, [x, scale, shift]) { inputs, result in
      GodwitKernels.layerNorm(
        rows: count, n: n, epsilon: 1e-5, inputs[0].floats, scale: inputs[1].floats, shift: inputs[2].floats,
        result.floats, mean: result.floats + x.count, inverse: result.floats + x.count + count, on: isa)
    }
    return worst(got[..<x.count], naive.flatMap { $0.y }, size)
  }

  func layerNormGradient(_ isa: InstructionSet) -> (dx: Double, dScale: Double, dShift: Double) {
    let epsilon = Double(Float(1e-5))
    let forward = split.map { NaiveRow.layerNorm($0, scale: scale, shift: shift, epsilon: epsilon) }
    let naive = zip(split, rows(dy, n)).map {
      NaiveRow.layerNormGradient($0, scale: scale, epsilon: epsilon, dy: $1)
    }
    let (means, inverses) = (forward.map { $0.mean }, forward.map { $0.inverse })
    let got = run(.float32, count: x.count + 2 * n, [x, scale, means, inverses, dy]) { inputs, result in
      GodwitKernels.layerNormGradient(
        rows: count, n: n, inputs[0].floats, scale: inputs[1].floats, mean: inputs[2].floats,
        inverse: inputs[3].floats, dy: inputs[4].floats, dx: result.floats, dScale: result.floats + x.count,
        dShift: result.floats + x.count + n, on: isa)
    }
    let normals = zip(split, forward).map { x, forward in x.map { ($0 - forward.mean) * forward.inverse } }
    return (
      worst(got[..<x.count], naive.flatMap { $0.dx }, sizes(normals, inverses, centred: true)),
      worst(
        got[x.count..<x.count + n], columnSums(naive.map { $0.dScale }), columnSums(naive.map { magnitudes($0.dScale) })
      ),
      worst(got[(x.count + n)...], columnSums(rows(dy, n)), columnSums(rows(magnitudes(dy), n)))
    )
  }

  func rmsNorm(_ isa: InstructionSet) -> Double {
    let want = split.flatMap { NaiveRow.rmsNorm($0, scale: scale, epsilon: Double(Float(1e-5))).y }
    let got = run(.float32, count: x.count + count, [x, scale]) { inputs, result in
      GodwitKernels.rmsNorm(
        rows: count, n: n, epsilon: 1e-5, inputs[0].floats, scale: inputs[1].floats, result.floats,
        inverse: result.floats + x.count, on: isa)
    }
    return worst(got[..<x.count], want, magnitudes(want))
  }

  func rmsNormGradient(_ isa: InstructionSet) -> (dx: Double, dScale: Double) {
    let epsilon = Double(Float(1e-5))
    let inverses = split.map { NaiveRow.rmsNorm($0, scale: scale, epsilon: epsilon).inverse }
    let naive = zip(split, rows(dy, n)).map { NaiveRow.rmsNormGradient($0, scale: scale, epsilon: epsilon, dy: $1) }
    let got = run(.float32, count: x.count + n, [x, scale, inverses, dy]) { inputs, result in
      GodwitKernels.rmsNormGradient(
        rows: count, n: n, inputs[0].floats, scale: inputs[1].floats, inverse: inputs[2].floats, dy: inputs[3].floats,
        dx: result.floats, dScale: result.floats + x.count, on: isa)
    }
    let normals = zip(split, inverses).map { x, inverse in x.map { $0 * inverse } }
    return (
      worst(got[..<x.count], naive.flatMap { $0.dx }, sizes(normals, inverses, centred: false)),
      worst(got[x.count...], columnSums(naive.map { $0.dScale }), columnSums(naive.map { magnitudes($0.dScale) }))
    )
  }

  /// inverse (|g| + mean |g| + |x̂| mean |g x̂|), the second term for rows that are centred.
  private func sizes(_ normals: [[Double]], _ inverses: [Double], centred: Bool) -> [Double] {
    zip(zip(normals, rows(dy, n)), inverses).flatMap { pair, inverse in
      let g = zip(pair.1, scale).map { abs($0 * $1) }
      let level = centred ? g.reduce(0, +) / Double(n) : 0
      let slope = dot(g, magnitudes(pair.0)) / Double(n)
      return zip(g, pair.0).map { inverse * ($0 + level + abs($1) * slope) }
    }
  }

  private func columnSums(_ rows: [[Double]]) -> [Double] {
    (0..<n).map { column in rows.reduce(0) { $0 + $1[column] } }
  }

  func rotary(_ isa: InstructionSet) -> Double {
    let angles = (0..<count * n / 2).map { Double($0) * 0.37 }
    let (cosines, sines) = (angles.map { Double(Float(cos($0))) }, angles.map { Double(Float(sin($0))) })
    let tables = zip(rows(cosines, n / 2), rows(sines, n / 2))
    let want = zip(split, tables).flatMap { NaiveRow.rotary($0, cosines: $1.0, sines: $1.1) }
    let size = split.flatMap { x in
      let radii = (0..<n / 2).map { hypot(x[$0], x[n / 2 + $0]) }
      return radii + radii
    }
    let got = run(.float32, count: x.count, [x, cosines, sines]) { inputs, result in
      GodwitKernels.rotary(
        batch: 1, length: count, heads: 1, width: n, cosines: inputs[1].floats, sines: inputs[2].floats,
        inverse: false, inputs[0].floats, result.floats, on: isa)
    }
    return worst(got, want, size)
  }

  /// The tenth step, from moments as they may be then.
  func adamW(_ isa: InstructionSet) -> (parameters: Double, first: Double, second: Double) {
    let moments = x.map { Double(Float($0 * 0.1)) }
    let squares = x.map { Double(Float($0 * $0 * 0.01)) }
    let total = x.count
    let got = run(.float32, count: 3 * total, [x, moments, squares, dy]) { inputs, result in
      let (p, m, v) = (result.floats, result.floats + total, result.floats + 2 * total)
      for (target, source) in zip([p, m, v], inputs) { target.update(from: source.floats, count: total) }
      GodwitKernels.adamW(
        count: total, parameters: p, gradient: inputs[3].floats, first: m, second: v, learningRate: 0.01, beta1: 0.9,
        beta2: 0.999, epsilon: 1e-8, decay: 0.003, correction1: 1 - pow(0.9, 10), correction2: 1 - pow(0.999, 10),
        gradientScale: 0.3, on: isa)
    }
    var naive = AdamWTests.Naive(parameters: x, first: moments, second: squares)
    naive.step(dy, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.003, number: 10, scale: 0.3)
    let steps = zip(naive.first, naive.second).map { abs($0) / $1.squareRoot() * 0.01 }
    return (
      worst(got[..<total], naive.parameters, zip(x, steps).map { abs($0) + $1 }),
      worst(got[total..<2 * total], naive.first, zip(moments, dy).map { 0.9 * abs($0) + 0.03 * abs($1) }),
      worst(got[(2 * total)...], naive.second, naive.second)
    )
  }

  func sumOfSquares(_ isa: InstructionSet) -> Double {
    let want = dot(x, x)
    let got = run(.float64, count: 1, []) { _, result in
      result.doubles[0] = GodwitKernels.sumOfSquares(.float64, count: x.count, x, on: isa)
    }
    return worst(got, [want], [want])
  }
}
