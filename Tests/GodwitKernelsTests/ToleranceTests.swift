import Testing

@testable import GodwitKernels

/// What the kernels' tests compare by sees a difference.
@Suite struct ToleranceTests {
  @Test func whatDiffersIsAnIssue() {
    expectEqual([3, 4, .infinity], [3, 4, .infinity], .float32, "the same")
    withKnownIssue { expectEqual([3, 4 + 1e-5], [3, 4], .float32, "beyond the tolerance") }
    withKnownIssue { expectEqual([3, .nan], [3, 4], .float32, "not a number") }
    withKnownIssue { expectEqual([3], [3, 4], .float32, "too few") }
    #expect(abs(errorRatio([3, 4.5], [3, 4]) - 0.1) < 1e-12)
    #expect(errorRatio([3], [3, 4]) == .infinity && errorRatio([.nan, 4], [3, 4]).isNaN)
  }

  @Test func aWrongSlopeIsAnIssue() {
    expectSlope(2) { 2 * $0 + $0 * $0 }
    withKnownIssue { expectSlope(2.000001) { 2 * $0 + $0 * $0 } }
    withKnownIssue { expectDerivative([1, 2], [1, 0], [2, 4.1]) { ($0[0] * $0[0] + $0[1] * $0[1]) / 2 } }
  }
}
