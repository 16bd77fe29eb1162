import Foundation
import Testing

@testable import GodwitKernels

/// The causal convolution and its gradient against loops in float64, under every instruction set.
@Suite struct CausalConvolutionTests {
  static let shapes = [
    (1, 1, 1, 1), (2, 7, 5, 4), (2, 2, 33, 4), (1, 600, 20, 3), (2, 40, 300, 4), (2, 0, 9, 3), (0, 5, 9, 2),
    (3, 9, 16, 1),
  ]

  @Test(arguments: shapes, [false, true]) func equalsTheNaiveLoop(sizes: (Int, Int, Int, Int), silu: Bool) {
    let (batch, length, width, taps) = sizes
    var noise = RecurrenceNoise(seed: 17)
    let x = noise.array(batch * length * width).map { Double(Float(4 * $0)) }
    let (weight, bias) = (noise.array(taps * width), noise.array(width))
    let before = noise.array(batch * (taps - 1) * width)
    let dy = noise.array(batch * length * width)
    for (hasBias, hasBefore) in [(true, true), (false, true), (true, false)] {
      var y = x
      var (dx, dWeight, dBias, dBefore) = (x.map { _ in 0.0 }, weight.map { _ in 0.0 }, bias.map { _ in 0.0 }, before)
      for index in dBefore.indices { dBefore[index] = 0 }
      for entry in 0..<batch {
        for t in 0..<length {
          for d in 0..<width {
            let place = (entry * length + t) * width + d
            func source(_ k: Int) -> (row: Int, place: Int) {
              let row = t - taps + 1 + k
              return (row, (row >= 0 ? entry * length + row : entry * (taps - 1) + row + taps - 1) * width + d)
            }
            var sum = hasBias ? bias[d] : 0
            for k in 0..<taps {
              let (row, from) = source(k)
              sum += weight[k * width + d] * (row >= 0 ? x[from] : hasBefore ? before[from] : 0)
            }
            let part = 1 / (1 + exp(-sum))
            y[place] = silu ? sum * part : sum
            let slope = dy[place] * (silu ? part * (1 + sum * (1 - part)) : 1)
            dBias[d] += slope
            for k in 0..<taps {
              let (row, from) = source(k)
              dWeight[k * width + d] += slope * (row >= 0 ? x[from] : hasBefore ? before[from] : 0)
              if row >= 0 {
                dx[from] += slope * weight[k * width + d]
              } else {
                dBefore[from] += slope * weight[k * width + d]
              }
            }
          }
        }
      }
      let shape = ConvolutionShape(batch: batch, length: length, width: width, taps: taps, silu: silu)
      let (xs, weights, biases, befores) = (floats(x), floats(weight), floats(bias), floats(before))
      for isa in InstructionSet.supported {
        var (got, gotX, gotWeight, gotBias, gotBefore) = (xs, xs, weights, biases, befores)
        biases.withUnsafeBufferPointer { biases in
          befores.withUnsafeBufferPointer { befores in
            let operands = ConvolutionOperands(
              x: xs, weight: weights, bias: hasBias ? biases.baseAddress : nil,
              before: hasBefore ? befores.baseAddress : nil)
            causalConvolution(shape, operands, y: &got, on: isa)
            causalConvolutionGradient(
              shape, operands, dy: floats(dy), dx: &gotX, dWeight: &gotWeight, dBias: hasBias ? place(&gotBias) : nil,
              dBefore: &gotBefore, on: isa)
          }
        }
        #expect(errorRatio(got, y) <= 1e-6 && errorRatio(gotX, dx) <= 1e-6, "\(isa)")
        #expect(errorRatio(gotWeight, dWeight) <= 1e-6 && errorRatio(gotBefore, dBefore) <= 1e-6, "\(isa)")
        #expect(!hasBias || errorRatio(gotBias, dBias) <= 1e-6, "\(isa)")
      }
    }
  }
}
