import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct AssociationOrderTests {
  @Test(arguments: DType.allCases) func bothOrdersGiveTheSame(dtype: DType) {
    var generator = Philox(seed: 1)
    let x = [6, 6, 4].map {
      Tensor(normal: 0, shape: [2, 11, 3, $0], dtype: .float64, using: &generator).converted(to: dtype)
    }
    let dy = Tensor(normal: 0, shape: [2, 11, 3, 4], dtype: .float64, using: &generator).converted(to: dtype)
    let (weightsFirst, pullback) = valueWithPullback(at: x) {
      AssociationOrder.weightsFirst.product($0[0], $0[1], $0[2])
    }
    let (stateFirst, other) = valueWithPullback(at: x) { AssociationOrder.stateFirst.product($0[0], $0[1], $0[2]) }
    expectClose(stateFirst, weightsFirst)
    for (got, want) in zip(other(dy), pullback(dy)) { expectClose(got, want) }
  }

  /// 2 n² d · 2 against 2 n d² · 2: as many operations at n = d.
  @Test(arguments: [1, 16, 64, 100]) func theOrdersCrossAtTheWidth(width: Int) {
    func operations(_ order: AssociationOrder, _ length: Int) -> Int {
      order.operations(length: length, keyWidth: width, valueWidth: width)
    }
    func cheaper(_ length: Int) -> AssociationOrder {
      .cheaper(length: length, keyWidth: width, valueWidth: width)
    }
    #expect(operations(.weightsFirst, 7) == 4 * 7 * 7 * width)
    #expect(operations(.stateFirst, 7) == 4 * 7 * width * width)
    #expect(operations(.weightsFirst, width) == operations(.stateFirst, width))
    #expect(cheaper(width) == .stateFirst && cheaper(width + 1) == .stateFirst)
    if width > 1 { #expect(cheaper(width - 1) == .weightsFirst) }
  }
}
