import Testing

@testable import GodwitKernels

@Suite struct StridedCopyTests {
  struct Case: Sendable {
    var shape: [Int]
    /// The axes of x in the order of y's: x is dense in its own order.
    var order: [Int]
  }

  static let cases = [
    Case(shape: [], order: []), Case(shape: [1], order: [0]), Case(shape: [33], order: [0]),
    Case(shape: [7, 33], order: [0, 1]), Case(shape: [7, 33], order: [1, 0]), Case(shape: [33, 7], order: [1, 0]),
    Case(shape: [16, 16], order: [1, 0]), Case(shape: [1, 9], order: [1, 0]), Case(shape: [0, 4], order: [1, 0]),
    Case(shape: [3, 20, 35], order: [0, 2, 1]), Case(shape: [20, 3, 35], order: [2, 1, 0]),
    Case(shape: [20, 3, 5], order: [1, 0, 2]), Case(shape: [2, 5, 3, 8], order: [0, 2, 1, 3]),
    Case(shape: [2, 5, 3, 8], order: [3, 1, 0, 2]), Case(shape: [2, 50, 40, 70], order: [0, 2, 1, 3]),
    Case(shape: [300, 401], order: [1, 0]), Case(shape: [9, 100, 101], order: [0, 2, 1]),
  ]

  @Test(arguments: cases, DType.allCases) func permutations(test: Case, dtype: DType) {
    let source = NaiveStrides(test.order.map { test.shape[$0] })  // x's own shape
    var xStrides = test.shape
    for (axis, place) in test.order.enumerated() { xStrides[place] = source.dense[axis] }
    let target = NaiveStrides(test.shape)
    var noise = RecurrenceNoise(seed: 51)
    let x = noise.array(target.count)
    let want = target.offsets(xStrides).map { x[$0] }
    for isa in InstructionSet.supported {
      let y = run(dtype, count: target.count, [x]) {
        copyStrided(dtype, shape: test.shape, $0[0], xStrides: xStrides, $1, yStrides: target.dense, on: isa)
      }
      #expect(y == want, "\(test) under \(isa)")
    }
  }

  @Test(arguments: [[], [1], [5, 1], [33], [4, 1, 1], [1, 1, 33], [4, 5, 1]], DType.allCases)
  func repeats(small: [Int], dtype: DType) {
    let target = NaiveStrides([4, 5, 33])
    var noise = RecurrenceNoise(seed: 52)
    let x = noise.array(small.reduce(1, *))
    let xStrides = target.broadcast(small)
    for isa in InstructionSet.supported {
      let y = run(dtype, count: target.count, [x]) {
        copyStrided(dtype, shape: target.shape, $0[0], xStrides: xStrides, $1, yStrides: target.dense, on: isa)
      }
      #expect(y == target.offsets(xStrides).map { x[$0] }, "\(small) under \(isa)")
    }
  }

  /// A part of a wider array, read and written; what lies beside it stays.
  @Test(arguments: DType.allCases) func partsOfRows(dtype: DType) {
    let shape = NaiveStrides([6, 11])
    var noise = RecurrenceNoise(seed: 53)
    let x = noise.array(6 * 20)
    for (xStrides, yStrides) in [([20, 1], [13, 1]), ([20, 1], [1, 7]), ([1, 8], [13, 1]), ([3, 9], [2, 12])] {
      let size = zip(shape.shape, yStrides).map { ($0 - 1) * $1 }.reduce(1, +)
      var want = [Double](repeating: 0, count: size)
      for (from, to) in zip(shape.offsets(xStrides), shape.offsets(yStrides)) { want[to] = x[from] }
      for isa in InstructionSet.supported {
        let y = run(dtype, count: size, [x]) {
          fill(dtype, count: size, $1, 0, on: isa)
          copyStrided(dtype, shape: shape.shape, $0[0], xStrides: xStrides, $1, yStrides: yStrides, on: isa)
        }
        #expect(y == want, "\(xStrides) to \(yStrides) under \(isa)")
      }
    }
  }

  @Test func axesAreMergedAndDropped() {
    let axes = StridedAxes([2, 1, 3, 4], [12, 99, 4, 1], [0, 5, 4, 1])
    #expect(axes.rank == 2 && axes.extents[0] == 2 && axes.extents[1] == 12)
    #expect(axes.strides.0[0] == 12 && axes.strides.1[0] == 0 && axes.strides.0[1] == 1)
    #expect(StridedAxes([2, 3, 4], [12, 4, 1], [12, 4, 1]).rank == 1)
    #expect(StridedAxes([2, 3], [0, 0], [0, 0]).rank == 1)
    #expect(StridedAxes([1, 1], [7, 7], [7, 7]).rank == 0)
  }
}
