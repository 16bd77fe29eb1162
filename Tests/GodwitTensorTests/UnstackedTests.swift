import GodwitKernels
import GodwitTensor
import Testing

/// All parts of an axis at once. Bytes are counted in processes of their own, as the count is that of the process.
@Suite struct UnstackedTests {
  @Test func partsAreTheElements() {
    let x = Tensor((0..<24).map { Double($0) }, shape: [2, 3, 4])
    for axis in [0, 1, 2, -1] {
      let parts = x.unstacked(along: axis)
      #expect(parts.count == x.shape[axis < 0 ? axis + 3 : axis])
      for (index, part) in parts.enumerated() {
        #expect(part.shape == x.element(index, along: axis).shape)
        #expect(part.scalars == x.element(index, along: axis).scalars)
      }
    }
    #expect(Tensor(zeros: [2, 0, 3]).unstacked(along: 1).isEmpty)
  }

  /// h = tanh(h + x[t]), step by step.
  private static func loop(_ x: Tensor, _ parts: (Tensor) -> [Tensor]) -> Tensor {
    var h = Tensor(zeros: [x.shape[0], x.shape[2]], dtype: x.dtype)
    var outputs: [Tensor] = []
    for part in parts(x) {
      h = tanh(h + part)
      outputs.append(h)
    }
    return square(stack(outputs, along: 1)).sum()
  }

  /// Bytes that blocks are taken for while the loop over `length` steps is differentiated.
  private static func byteCount(_ length: Int, _ mode: Mode, _ parts: (Tensor) -> [Tensor]) -> Int {
    let x = Tensor(ones: [2, length, 64], dtype: .float64)
    let before = MemoryCache.allocatedByteCount
    switch mode {
    case .reverse: _ = gradient(at: x) { loop($0, parts) }
    case .forward: _ = jacobianVectorProduct(at: x, along: x) { loop($0, parts) }
    case .forwardOverReverse: _ = hessianVectorProduct(at: x, along: x) { loop($0, parts) }
    case .reverseOverReverse: _ = gradient(at: x) { x in square(gradient(at: x) { loop($0, parts) }).sum() }
    case .threeTimes:
      _ = gradient(at: x) { x in square(gradient(at: x) { square(gradient(at: $0) { loop($0, parts) }).sum() }).sum() }
    }
    return MemoryCache.allocatedByteCount - before
  }

  private enum Mode: CaseIterable { case reverse, forward, forwardOverReverse, reverseOverReverse, threeTimes }

  @Test func theCostOfALoopGrowsWithItsLength() async {
    await #expect(processExitsWith: .success) {
      for mode in Mode.allCases {
        func growth(_ parts: (Tensor) -> [Tensor]) -> Double {
          Double(Self.byteCount(160, mode, parts)) / Double(Self.byteCount(40, mode, parts))
        }
        let all = growth { $0.unstacked(along: 1) }
        #expect(all < 4.2, "\(mode)")
        // What is counted would show a cost that grows with the square.
        if mode != .forward {
          let single = growth { x in (0..<x.shape[1]).map { x.element($0, along: 1) } }
          #expect(single > 6, "\(mode)")
        }
      }
    }
  }
}
