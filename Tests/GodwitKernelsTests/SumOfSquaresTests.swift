import Testing

@testable import GodwitKernels

@Suite struct SumOfSquaresTests {
  func sum(_ x: [Double], _ dtype: DType, _ isa: InstructionSet = .current) -> Double {
    var result = 0.0
    _ = run(dtype, count: 0, [x]) { inputs, _ in result = sumOfSquares(dtype, count: x.count, inputs[0], on: isa) }
    return result
  }

  @Test(arguments: [0, 1, 7, 16, 33, 1000, 100_001], DType.allCases)
  func equalsTheNaiveLoop(count: Int, dtype: DType) {
    var noise = RecurrenceNoise(seed: 71)
    let x = noise.array(count)
    let want = dot(x, x)
    for isa in InstructionSet.supported {
      #expect(abs(sum(x, dtype, isa) - want) <= 1e-13 * want, "\(isa)")  // the naive loop itself is off by that much
    }
  }

  /// Squares that float32 does not hold.
  @Test func squaresDoNotOverflow() {
    #expect(sum([1e30, 1e30], .float32) > 1.9e60)
    #expect(sum([1e-30, 1e-30], .float32) > 1.9e-60)
  }
}
