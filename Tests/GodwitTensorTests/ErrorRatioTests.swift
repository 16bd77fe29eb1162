import GodwitTensor
import GodwitTestSupport
import Testing

/// What `expectClose` goes by sees every difference.
@Suite struct ErrorRatioTests {
  @Test func errorRatiosAreSeen() {
    let want = Tensor([3.0, 4])
    #expect(errorRatio(want, want) == 0)
    #expect(abs(errorRatio(Tensor([3.0, 4.5]), want) - 0.1) < 1e-12)
    #expect(errorRatio(want.reshaped([1, 2]), want) == .infinity)
    #expect(errorRatio(Tensor([3, .nan]), want) == .infinity)
    #expect(errorRatio(Tensor([3, .infinity]), want) == .infinity)
    #expect(errorRatio(want, Tensor([3, -.infinity])) == .infinity)
    #expect(errorRatio(Tensor([1e-20, 0]), Tensor(zeros: [2])) > 1)
    let special = Tensor([.nan, .infinity])
    #expect(errorRatio(special, special) == 0)
  }
}
