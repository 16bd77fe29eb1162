@testable import GodwitKernels

extension ThreadCase {
  static let rowKernels: [ThreadCase] = {
    let (rows, n) = (3000, 70)
    let count = rows * n
    var cases: [ThreadCase] = []
    for dtype in DType.allCases {
      cases += [
        ThreadCase("softmax", "", dtype, reads: [count], writes: [count]) {
          softmax(dtype, rows: rows, n: n, $0[0], $1[0], on: $2)
        },
        ThreadCase("logSoftmax", "", dtype, reads: [count], writes: [count]) {
          logSoftmax(dtype, rows: rows, n: n, $0[0], $1[0], on: $2)
        },
        ThreadCase("logSumExp", "", dtype, reads: [count], writes: [rows]) {
          logSumExp(dtype, rows: rows, n: n, $0[0], $1[0], on: $2)
        },
        ThreadCase("softmaxGradient", "", dtype, reads: [count, count], writes: [count]) {
          softmaxGradient(dtype, rows: rows, n: n, y: $0[0], dy: $0[1], dx: $1[0], on: $2)
        },
        ThreadCase("logSoftmaxGradient", "", dtype, reads: [count, count], writes: [count]) {
          logSoftmaxGradient(dtype, rows: rows, n: n, y: $0[0], dy: $0[1], dx: $1[0], on: $2)
        },
        ThreadCase("rotaryAngles", "", dtype, writes: [3000 * 31, 3000 * 31]) { _, y, _ in
          rotaryAngles(dtype, 17..<3017, half: 31, base: 1e4, cosines: y[0], sines: y[1])
        },
      ]
    }
    let targets = (0..<rows).map { Int32($0 * $0 % n) }
    cases += [
      ThreadCase("crossEntropy", reads: [count], writes: [rows, rows]) {
        crossEntropy(
          rows: rows, n: n, logits: $0[0].floats, targets: targets, loss: $1[0].floats, logSumExp: $1[1].floats, on: $2)
      },
      ThreadCase("crossEntropyGradient", reads: [count, rows, rows], from: [-1...1, 4...5, -1...1], writes: [count]) {
        crossEntropyGradient(
          rows: rows, n: n, logits: $0[0].floats, targets: targets, logSumExp: $0[1].floats, dLoss: $0[2].floats,
          dLogits: $1[0].floats, on: $2)
      },
      ThreadCase("layerNorm", reads: [count, n, n], writes: [count, rows, rows]) {
        layerNorm(
          rows: rows, n: n, epsilon: 1e-5, $0[0].floats, scale: $0[1].floats, shift: $0[2].floats, $1[0].floats,
          mean: $1[1].floats, inverse: $1[2].floats, on: $2)
      },
      ThreadCase("layerNormGradient", reads: [count, n, rows, rows, count], writes: [count, n, n]) {
        layerNormGradient(
          rows: rows, n: n, $0[0].floats, scale: $0[1].floats, mean: $0[2].floats, inverse: $0[3].floats,
          dy: $0[4].floats, dx: $1[0].floats, dScale: $1[1].floats, dShift: $1[2].floats, on: $2)
      },
      ThreadCase("rmsNorm", reads: [count, n], writes: [count, rows]) {
        rmsNorm(
          rows: rows, n: n, epsilon: 1e-5, $0[0].floats, scale: $0[1].floats, $1[0].floats, inverse: $1[1].floats,
          on: $2)
      },
      ThreadCase("rmsNormGradient", reads: [count, n, rows, count], writes: [count, n]) {
        rmsNormGradient(
          rows: rows, n: n, $0[0].floats, scale: $0[1].floats, inverse: $0[2].floats, dy: $0[3].floats,
          dx: $1[0].floats, dScale: $1[1].floats, on: $2)
      },
    ]
    for inverse in [false, true] {
      let turned = 2 * 300 * 4 * 62
      cases.append(
        ThreadCase("rotary", "inverse \(inverse)", reads: [turned, 300 * 31, 300 * 31], writes: [turned]) {
          rotary(
            batch: 2, length: 300, heads: 4, width: 62, cosines: $0[1].floats, sines: $0[2].floats, inverse: inverse,
            $0[0].floats, $1[0].floats, on: $2)
        })
    }
    for isQuery in [false, true] {
      let (rows, width, features) = (2050, 20, 100)
      cases += [
        ThreadCase(
          "positiveRandomFeatures", "query \(isQuery)", reads: [rows * width, width * features],
          writes: [rows * features]
        ) {
          positiveRandomFeatures(
            rows: rows, width: width, features: features, scale: 0.5, isQuery: isQuery, $0[0].floats,
            projection: $0[1].floats, $1[0].floats, on: $2)
        },
        ThreadCase(
          "positiveRandomFeaturesGradient", "query \(isQuery)",
          reads: [rows * width, width * features, rows * features, rows * features],
          from: [-1...1, -1...1, 0.01...0.2, -1...1], writes: [rows * width]
        ) {
          positiveRandomFeaturesGradient(
            rows: rows, width: width, features: features, scale: 0.5, isQuery: isQuery, $0[0].floats,
            projection: $0[1].floats, $0[2].floats, dy: $0[3].floats, dx: $1[0].floats, on: $2)
        },
      ]
    }
    return cases
  }()
}
