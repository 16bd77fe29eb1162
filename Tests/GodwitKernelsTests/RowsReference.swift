import Foundation

/// The operations over rows as plain float64 loops, one row at a time.
enum NaiveRow {
  static func softmax(_ x: [Double]) -> [Double] {
    let greatest = x.max() ?? 0
    let terms = x.map { exp($0 - greatest) }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }

  static func logSumExp(_ x: [Double]) -> Double {
    guard let greatest = x.max(), greatest > -.infinity else { return -.infinity }
    return greatest + logSumExp(x, above: greatest)
  }

  static func logSoftmax(_ x: [Double]) -> [Double] {
    let greatest = x.max() ?? 0
    let rest = logSumExp(x, above: greatest)
    return x.map { ($0 - greatest) - rest }  // x - (greatest + rest) would round where x is large
  }

  private static func logSumExp(_ x: [Double], above greatest: Double) -> Double {
    log(x.reduce(0) { $0 + exp($1 - greatest) })
  }

  static func softmaxGradient(y: [Double], dy: [Double]) -> [Double] {
    let dot = zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(y, dy).map { $0 * ($1 - dot) }
  }

  static func logSoftmaxGradient(y: [Double], dy: [Double]) -> [Double] {
    let sum = dy.reduce(0, +)
    return zip(y, dy).map { $1 - exp($0) * sum }
  }

  static func crossEntropy(_ x: [Double], _ target: Int) -> Double { -logSoftmax(x)[target] }

  static func crossEntropyGradient(_ x: [Double], _ target: Int, _ dLoss: Double) -> [Double] {
    var dx = softmax(x)
    dx[target] -= 1
    return dx.map { $0 * dLoss }
  }

  static func layerNorm(
    _ x: [Double], scale: [Double], shift: [Double], epsilon: Double
  ) -> (y: [Double], mean: Double, inverse: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    let inverse = 1 / (variance + epsilon).squareRoot()
    return (x.indices.map { (x[$0] - mean) * inverse * scale[$0] + shift[$0] }, mean, inverse)
  }

  /// dx, and what the row adds to dScale; what it adds to dShift is dy.
  static func layerNormGradient(
    _ x: [Double], scale: [Double], epsilon: Double, dy: [Double]
  ) -> (dx: [Double], dScale: [Double]) {
    let (_, mean, inverse) = layerNorm(x, scale: scale, shift: scale, epsilon: epsilon)
    let normal = x.map { ($0 - mean) * inverse }
    let g = zip(dy, scale).map { $0 * $1 }
    let a = g.reduce(0, +) / Double(x.count)
    let b = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.count)
    return (x.indices.map { inverse * (g[$0] - a - normal[$0] * b) }, zip(dy, normal).map { $0 * $1 })
  }

  static func rmsNorm(_ x: [Double], scale: [Double], epsilon: Double) -> (y: [Double], inverse: Double) {
    let inverse = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + epsilon).squareRoot()
    return (x.indices.map { x[$0] * inverse * scale[$0] }, inverse)
  }

  static func rmsNormGradient(
    _ x: [Double], scale: [Double], epsilon: Double, dy: [Double]
  ) -> (dx: [Double], dScale: [Double]) {
    let inverse = rmsNorm(x, scale: scale, epsilon: epsilon).inverse
    let normal = x.map { $0 * inverse }
    let g = zip(dy, scale).map { $0 * $1 }
    let b = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(x.count)
    return (x.indices.map { inverse * (g[$0] - normal[$0] * b) }, zip(dy, normal).map { $0 * $1 })
  }

  /// One head turned by the angles whose cosines and sines are given.
  static func rotary(_ x: [Double], cosines: [Double], sines: [Double]) -> [Double] {
    let half = x.count / 2
    var y = x
    for i in 0..<half {
      y[i] = x[i] * cosines[i] - x[half + i] * sines[i]
      y[half + i] = x[i] * sines[i] + x[half + i] * cosines[i]
    }
    return y
  }
}

/// The rows of a dense array.
func rows(_ x: [Double], _ n: Int) -> [[Double]] {
  n == 0 ? [] : stride(from: 0, to: x.count, by: n).map { Array(x[$0..<$0 + n]) }
}
