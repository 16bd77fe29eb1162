import Testing

@testable import GodwitKernels

/// What the kernels' tests compare by sees a difference.
@Suite struct ToleranceTests {
  @Test func whatDiffersIsSeen() {
    expectEqual([3, 4, .infinity, .nan], [3, 4, .infinity, .nan], .float32, "the same")
    #expect(difference([3, 4 + 1e-5], [3, 4], .float32) != nil)
    #expect(difference([3, 4 + 1e-6], [3, 4], .float32) == nil)
    #expect(difference([3, 4 + 1e-6], [3, 4], .float64) != nil)
    #expect(difference([3, 4 + 1e-5], [3, 4], .float32, terms: [300]) == nil)
    #expect(difference([3, .nan], [3, 4], .float32) == "nan at 1, not 4.0")
    #expect(difference([3, 4], [3, .nan], .float32) == "4.0 at 1, not nan")
    #expect(difference([3, -.infinity], [3, .infinity], .float32) != nil)
    #expect(difference([3], [3, 4], .float32) == "1 values, not 2")
    #expect(abs(errorRatio([3, 4.5], [3, 4]) - 0.1) < 1e-12)
    #expect(errorRatio([3], [3, 4]) == .infinity && errorRatio([.nan, 4], [3, 4]).isNaN)
  }

  @Test func aWrongSlopeIsSeen() {
    expectSlope(2) { 2 * $0 + $0 * $0 }
    expectDerivative([1, 2], [1, 0], [1, 2]) { ($0[0] * $0[0] + $0[1] * $0[1]) / 2 }
    #expect(slopeError(2.000001) { 2 * $0 + $0 * $0 } > slopeTolerance)
    #expect(slopeError(.nan) { 2 * $0 }.isNaN)
    #expect(slopeError(0.001, scale: 0.01) { _ in 0 } == 0.1)
  }
}
