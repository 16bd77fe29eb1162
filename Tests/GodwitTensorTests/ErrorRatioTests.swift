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

  @Test func errorRatiosOfSeveralTensorsAreTaken() {
    let (want, other) = (Tensor([3.0]), Tensor([4.0]))
    #expect(errorRatio([want, other], [want, other]) == 0)
    #expect(abs(errorRatio([want, Tensor([4.5])], [want, other]) - 0.1) < 1e-12)
    #expect(errorRatio([want], [want, other]) == .infinity)
    #expect(abs(errorRatio([want, Tensor([4.5])], [want, other], scale: 50) - 0.01) < 1e-12)
  }

  @Test func errorRatiosOfNumbersAreTaken() {
    #expect(errorRatio(-4, -4) == 0 && errorRatio(.nan, .nan) == 0 && errorRatio(.infinity, .infinity) == 0)
    #expect(errorRatio(-4.5, -4) == 0.125 && errorRatio(4, -4) == 2)
    #expect(errorRatio(1e-300, 0) == .infinity && errorRatio(.nan, 0) == .infinity)
    #expect(errorRatio(.infinity, 3) == .infinity && errorRatio(3, -.infinity) == .infinity)
    #expect(errorRatio(4.5, -0.5, scale: 40) == 0.125 && errorRatio(-4.5, -4, scale: 1) == 0.125)
  }

  @Test func whatIsNotCloseIsSeen() {
    #expect(difference(1.1, 1, tolerance: 0.09) != nil)
    #expect(difference(1.1, 1, tolerance: 0.11) == nil)
    #expect(difference(1 + 1e-9, 1) != nil)
    #expect(difference(.nan, 1, tolerance: 0.09) != nil)
    #expect(difference(1e-20, 0, scale: 1) == nil)
    #expect(difference(Tensor([1.1]), Tensor([1.0])) != nil)
    #expect(difference(Tensor([1.1]), Tensor([1.0]), tolerance: 0.11) == nil)
    #expect(difference(Tensor([Double.nan]), Tensor([1.0])) != nil)
    expectClose(1.1, 1, tolerance: 0.11)
    expectClose(Tensor([1.1]), Tensor([1.1]))
  }
}
