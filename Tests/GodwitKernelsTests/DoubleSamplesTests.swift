import Foundation
import Testing

@testable import GodwitKernels

@Suite struct DoubleSamplesTests {
  /// Random words, in pairs, and pairs of words at an edge.
  static let inputs: [UInt64] = {
    var edges: [UInt64] = [1, 0xFFF, .max - 0xFFF]
    for eighth in 0..<8 as Range<UInt64> {
      let corner = eighth << 61
      edges += [corner &- 1, corner, corner + 0x7FF, corner + 0x1000]
    }
    let pairs: [UInt64] = edges.flatMap { first in edges.flatMap { second in [first, second] } }
    return PhiloxSamplesTests.words(2000) + pairs
  }()

  static func unit(_ word: UInt64) -> Double { (Double(word >> 12) + 0.5) / 0x1p52 }

  @Test(arguments: InstructionSet.supported) func exponentialSamplesAreLogarithms(isa: InstructionSet) {
    for count in [0, 1, 7, 8, 9, Self.inputs.count] {
      var samples = [Double](repeating: .nan, count: count + 1)
      exponentialSamples(rate: 3, count: count, Self.inputs, &samples, on: isa)
      #expect(samples.removeLast().isNaN)
      for (sample, word) in zip(samples, Self.inputs) {
        let want = -log(Self.unit(word)) / 3
        #expect(abs(sample - want) <= 4e-16 * want, "\(word): \(sample), \(want)")
      }
    }
  }

  @Test(arguments: InstructionSet.supported) func normalSamplesAreBoxAndMullers(isa: InstructionSet) {
    for count in [0, 1, 3, 4, 5, Self.inputs.count / 2] {
      var samples = [Double](repeating: .nan, count: 2 * count + 1)
      normalSamples(mean: 0, standardDeviation: 1, count: count, Self.inputs, &samples, on: isa)
      #expect(samples.removeLast().isNaN)
      for index in 0..<count {
        let radius = (-2 * log(Self.unit(Self.inputs[2 * index]))).squareRoot()
        let angle = 2 * Double.pi * (Double(Self.inputs[2 * index + 1] >> 11) / 0x1p53)
        // The reference's own angle is rounded, by 4e-16 of a turn.
        #expect(abs(samples[2 * index] - radius * cos(angle)) <= 2e-15 * radius)
        #expect(abs(samples[2 * index + 1] - radius * sin(angle)) <= 2e-15 * radius)
      }
    }
  }

  @Test(arguments: InstructionSet.supported) func samplesAreTheSameUnderEveryInstructionSet(isa: InstructionSet) {
    let count = Self.inputs.count
    func samples(on isa: InstructionSet) -> [UInt64] {
      var (exponential, normal) = ([Double](repeating: .nan, count: count), [Double](repeating: .nan, count: count))
      exponentialSamples(rate: 0.3, count: count, Self.inputs, &exponential, on: isa)
      normalSamples(mean: 0.3, standardDeviation: 0.7, count: count / 2, Self.inputs, &normal, on: isa)
      return (exponential + normal).map(\.bitPattern)
    }
    #expect(samples(on: isa) == samples(on: .plain))
  }
}
