import Testing

@testable import GodwitKernels

/// The elementwise kernels that are neither unary nor binary operations.
@Suite struct ElementwiseTests {
  static let counts = [0, 1, 7, 33, 1000, 70_001]

  @Test(arguments: counts, DType.allCases) func affineAndScaleAdd(count: Int, dtype: DType) {
    var noise = RecurrenceNoise(seed: 91)
    let (x, z) = (noise.array(count), noise.array(count))
    for isa in InstructionSet.supported {
      for (scale, offset) in [(1.5, -0.25), (-1, 0), (1, 3)] {
        let y = run(dtype, count: count, [x]) {
          affine(dtype, count: count, scale: scale, offset: offset, $0[0], $1, on: isa)
        }
        expectEqual(y, x.map { scale * $0 + offset }, dtype, "affine of \(count) under \(isa)")
      }
      let y = run(dtype, count: count, [x, z]) {
        convert(from: dtype, to: dtype, count: count, $0[1], $1, on: isa)
        scaleAdd(dtype, count: count, scale: 0.375, $0[0], $1, on: isa)
      }
      expectEqual(y, zip(x, z).map { 0.375 * $0 + $1 }, dtype, "scaleAdd of \(count) under \(isa)")
    }
  }

  @Test func negationKeepsTheSignOfZero() {
    let y = run(.float32, count: 1, [[0]]) { affine(.float32, count: 1, scale: -1, offset: 0, $0[0], $1) }
    #expect(y[0].sign == .minus)
  }

  @Test(arguments: counts, DType.allCases) func fillAndConvert(count: Int, dtype: DType) {
    var noise = RecurrenceNoise(seed: 92)
    let x = noise.array(count).map { $0 / 3 }
    for isa in InstructionSet.supported {
      let filled = run(dtype, count: count, []) { fill(dtype, count: count, $1, 0.1, on: isa) }
      #expect(filled == [Double](repeating: dtype.rounding(0.1), count: count))
      // From float64 to this type.
      let y = run(dtype, count: count, []) { _, y in
        x.withUnsafeBytes {
          if count > 0 { convert(from: .float64, to: dtype, count: count, $0.baseAddress!, y, on: isa) }
        }
      }
      #expect(y == x.map { dtype.rounding($0) })
      var wide = [Double](repeating: 0, count: count + 1)
      _ = run(dtype, count: 0, [x]) { inputs, _ in
        convert(from: dtype, to: .float64, count: count, inputs[0], &wide, on: isa)
      }
      #expect(wide == x.map { dtype.rounding($0) } + [0])
    }
  }

  static let selections: [(y: [Int], mask: [Int], a: [Int], b: [Int])] = [
    ([], [], [], []), ([33], [33], [33], [33]), ([7], [7], [], []), ([5, 7], [5, 1], [5, 7], [7]),
    ([5, 7], [7], [], [5, 7]), ([4, 3, 50], [3, 50], [4, 1, 50], []), ([3, 4], [1], [3, 1], [4]),
    ([2, 0], [2, 0], [], []),
    ([90, 40, 30], [40, 30], [90, 40, 30], []), ([2, 50_000], [50_000], [2, 50_000], []),
  ]

  @Test(arguments: selections.indices, DType.allCases) func select(index: Int, dtype: DType) {
    let test = Self.selections[index]
    let naive = NaiveStrides(test.y)
    var noise = RecurrenceNoise(seed: 93)
    let mask = noise.array(test.mask.reduce(1, *)).map { $0 < -0.5 ? .nan : $0 < 0 ? 0 : $0 }
    let (a, b) = (noise.array(test.a.reduce(1, *)), noise.array(test.b.reduce(1, *)))
    let strides = [test.mask, test.a, test.b].map { naive.broadcast($0) }
    let (m, x, z) = (naive.offsets(strides[0]), naive.offsets(strides[1]), naive.offsets(strides[2]))
    let want = (0..<naive.count).map { mask[m[$0]] != 0 ? a[x[$0]] : b[z[$0]] }
    for isa in InstructionSet.supported {
      let y = run(dtype, count: naive.count, [mask, a, b]) {
        GodwitKernels.select(
          dtype, shape: test.y, mask: $0[0], maskStrides: strides[0], $0[1], aStrides: strides[1], $0[2],
          bStrides: strides[2], $1, on: isa)
      }
      #expect(y == want, "\(test) under \(isa)")
    }
  }
}
