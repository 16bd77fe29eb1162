import Foundation
import Testing

@testable import GodwitKernels

@Suite struct AdamWTests {
  /// Parameters and moments one after another, in float64.
  struct Naive {
    var parameters, first, second: [Double]
    var all: [Double] { parameters + first + second }

    mutating func step(
      _ gradient: [Double], rate: Double, beta1: Double, beta2: Double, epsilon: Double, decay: Double, number: Int,
      scale: Double
    ) {
      for i in parameters.indices {
        let g = gradient[i] * scale
        first[i] = beta1 * first[i] + (1 - beta1) * g
        second[i] = beta2 * second[i] + (1 - beta2) * g * g
        let m = first[i] / (1 - pow(beta1, Double(number)))
        let v = second[i] / (1 - pow(beta2, Double(number)))
        parameters[i] = (1 - decay) * parameters[i] - rate * m / (v.squareRoot() + epsilon)
      }
    }
  }

  /// Three steps on an array of `count`, from moments that are zero.
  func threeSteps(_ count: Int, _ isa: InstructionSet = .current) -> (got: [Double], want: [Double]) {
    var noise = RecurrenceNoise(seed: 61)
    let gradients = (0..<3).map { _ in noise.array(count) }
    let zero = [Double](repeating: 0, count: count)
    var naive = Naive(parameters: noise.array(count), first: zero, second: zero)
    let got = run(.float32, count: 3 * count, gradients + [naive.parameters]) { inputs, result in
      let (p, m, v) = (result.floats, result.floats + count, result.floats + 2 * count)
      p.update(from: inputs[3].floats, count: count)
      m.update(repeating: 0, count: 2 * count)
      for number in 1...3 {
        adamW(
          count: count, parameters: p, gradient: inputs[number - 1].floats, first: m, second: v, learningRate: 0.01,
          beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.003, correction1: 1 - pow(0.9, Double(number)),
          correction2: 1 - pow(0.999, Double(number)), gradientScale: 0.3, on: isa)
      }
    }
    for number in 1...3 {
      naive.step(
        gradients[number - 1], rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.003, number: number,
        scale: 0.3)
    }
    return (got, naive.all)
  }

  @Test(arguments: [0, 1, 7, 16, 33, 1000, 70_001]) func equalsTheNaiveLoop(count: Int) {
    for isa in InstructionSet.supported {
      let (got, want) = threeSteps(count, isa)
      for (part, name) in ["parameters", "first moment", "second moment"].enumerated() {
        let range = part * count..<(part + 1) * count
        expectEqual(Array(got[range]), Array(want[range]), .float32, "\(name), \(count) under \(isa)")
      }
    }
  }
}
