import Testing

@testable import GodwitKernels

/// Whether an element is outside of a range, found at every place and at none.
@Suite struct ElementRangeTests {
  func isOutside(
    _ x: [Double], _ range: ClosedRange<Double>, magnitudes: Bool, _ dtype: DType, _ isa: InstructionSet
  ) -> Bool {
    var result = false
    _ = run(dtype, count: 0, [x]) { inputs, _ in
      result = hasElement(dtype, count: x.count, inputs[0], outside: range, magnitudes: magnitudes, on: isa)
    }
    return result
  }

  @Test(arguments: [1, 3, 8, 31, 64, 131], DType.allCases) func findsOneAtEveryPlace(count: Int, dtype: DType) {
    let quiet = (0..<count).map { $0 % 2 == 0 ? 1.0 : -2.0 }
    for isa in InstructionSet.supported {
      for magnitudes in [false, true] {
        let range = magnitudes ? 1.0...2 : -2.0...1
        #expect(!isOutside(quiet, range, magnitudes: magnitudes, dtype, isa), "\(isa)")
        for place in 0..<count {
          for odd in [.nan, .infinity, -.infinity, 2.5, -2.5, magnitudes ? 0.5 : 1.5] {
            var x = quiet
            x[place] = odd
            #expect(isOutside(x, range, magnitudes: magnitudes, dtype, isa), "\(odd) at \(place), \(isa)")
          }
        }
      }
    }
  }

  @Test(arguments: DType.allCases) func looksThroughAllBlocks(dtype: DType) {
    for count in [16_384, 16_385, 70_000] {
      var x = [Double](repeating: -0.0, count: count)
      #expect(!isOutside(x, 0...0, magnitudes: true, dtype, .current))
      for place in [0, 16_383, 16_384, count - 1] where place < count {
        x[place] = .nan
        #expect(isOutside(x, -(.infinity)...(.infinity), magnitudes: false, dtype, .current), "\(place) of \(count)")
        x[place] = 0
      }
    }
    #expect(!isOutside([], 0...0, magnitudes: false, dtype, .current))
  }
}
