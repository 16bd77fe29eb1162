import Foundation
import Testing

@testable import GodwitKernels

/// The kernels of random features against float64 under every instruction set.
@Suite struct RandomFeaturesTests {
  @Test(arguments: [(1, 1, 1), (7, 3, 5), (70, 16, 33), (2050, 4, 100)], InstructionSet.supported)
  func equalTheNaiveLoop(sizes: (Int, Int, Int), isa: InstructionSet) {
    let (rows, width, features) = sizes
    var noise = RecurrenceNoise(seed: 3)
    // Some exponents beyond the limits.
    let x = noise.array(rows * width).enumerated().map { $0.offset / width % 5 == 1 ? $0.element * 30 : $0.element }
    let (projection, dy) = (noise.array(width * features), noise.array(rows * features))
    for isQuery in [false, true] {
      let want = naive(rows, width, features, x, projection, dy, isQuery)
      let floats = (x.map(Float.init), projection.map(Float.init), dy.map(Float.init))
      var y = [Float](repeating: .nan, count: rows * features)
      var dx = [Float](repeating: .nan, count: rows * width)
      positiveRandomFeatures(
        rows: rows, width: width, features: features, scale: 0.5, isQuery: isQuery, floats.0, projection: floats.1, &y,
        on: isa)
      positiveRandomFeaturesGradient(
        rows: rows, width: width, features: features, scale: 0.5, isQuery: isQuery, floats.0, projection: floats.1, y,
        dy: floats.2, dx: &dx, on: isa)
      for row in 0..<rows {
        // The error of an exponent, which has the size of what it is the difference of, is one of the result's own size.
        let size = (0..<width).reduce(1.0) { $0 + abs(x[row * width + $1]) * 8 }
        for c in (row * features)..<((row + 1) * features) {
          #expect(abs(Double(y[c]) - want.y[c]) <= 3e-7 * size * size * want.y[c], "row \(row), query \(isQuery)")
        }
      }
      #expect(errorRatio(dx, want.dx) < 1e-4, "dx, query \(isQuery)")
    }
  }

  /// `projection` holds 0.5 Ω, as the kernels take it.
  private func naive(
    _ rows: Int, _ width: Int, _ features: Int, _ x: [Double], _ projection: [Double], _ dy: [Double], _ isQuery: Bool
  ) -> (y: [Double], dx: [Double]) {
    var y = [Double](repeating: 0, count: rows * features)
    var dx = [Double](repeating: 0, count: rows * width)
    for row in 0..<rows {
      let vector = Array(x[(row * width)..<((row + 1) * width)])
      let exponents = (0..<features).map { f in
        (0..<width).reduce(0) { $0 + vector[$1] * projection[$1 * features + f] }
      }
      let top = exponents.indices.max { exponents[$0] < exponents[$1] }!
      let shift = isQuery ? exponents[top] : vector.reduce(0) { $0 + $1 * $1 } / 8
      var sum = 0.0
      for f in 0..<features {
        let exponent = exponents[f] - shift
        let place = row * features + f
        y[place] = exp(min(max(exponent, -64), 64)) / Double(features).squareRoot()
        guard abs(exponent) < 64 else { continue }
        let d = dy[place] * y[place]
        sum += d
        for c in 0..<width { dx[row * width + c] += d * projection[c * features + f] }
      }
      for c in 0..<width {
        dx[row * width + c] -= isQuery ? sum * projection[c * features + top] : sum * vector[c] / 4
      }
    }
    return (y, dx)
  }
}
