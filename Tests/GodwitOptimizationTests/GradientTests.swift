import GodwitOptimization
import GodwitTensor
import GodwitTestSupport
import Testing

struct GradientTests {
  private let gradient = [Tensor([3, 0]), Tensor([-4], dtype: .float64), Tensor(zeros: [0])]

  @Test func normOverAllTensors() {
    #expect(globalNorm(gradient) == 5)
    #expect(!globalNorm([Tensor([1, .nan])]).isFinite)
    #expect(!globalNorm([Tensor([1, .infinity])]).isFinite)
  }

  @Test func clippingScalesDownOnly() {
    #expect(clippingScale(norm: 5, maximumNorm: 1) == 0.2)
    #expect(clippingScale(norm: 5, maximumNorm: 5) == 1)
    #expect(clippingScale(norm: 0, maximumNorm: 1) == 1)
    let small = clipped(gradient, toGlobalNorm: 1)
    #expect(abs(globalNorm(small) - 1) < 1e-7)
    #expect(clipped(gradient, toGlobalNorm: 10)[0].scalars == [3, 0])
  }

  @Test func accumulationIsTheMean() {
    var accumulator = GradientAccumulator<[Tensor]>()
    let first = [Tensor([1, 2]), Tensor([3])]
    accumulator.add(first)
    accumulator.add([Tensor([3, 2]), Tensor([0])])
    accumulator.add([Tensor([2, 2]), Tensor([0])])
    #expect(accumulator.count == 3)
    let (sum, scale) = accumulator.take()
    expectClose(sum[0] * scale, Tensor([2, 2]), "first")
    expectClose(sum[1] * scale, Tensor([1]), "second")
    #expect(first[0].scalars == [1, 2])
    #expect(accumulator.count == 0)
  }
}
