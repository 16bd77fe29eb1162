import Testing

@testable import GodwitKernels

@Suite struct LongSumTests {
  /// Sums of three numbers, with what both kernels make of them.
  private final class Sums {
    private var memory: [UnsafeMutablePointer<Float>] = (0..<4).map { _ in .allocate(capacity: 3) }
    var isa = InstructionSet.current

    init() { for pointer in memory { pointer.update(repeating: 0, count: 3) } }
    deinit { for pointer in memory { pointer.deallocate() } }

    var sum: [Float] { Array(UnsafeBufferPointer(start: memory[0], count: 3)) }
    var rest: [Float] { Array(UnsafeBufferPointer(start: memory[1], count: 3)) }

    func add(_ x: [Float], stepping: Bool) {
      let before = LongSumRows(sum: memory[0], rest: memory[1])
      let after = MutableLongSumRows(sum: memory[2], rest: memory[3])
      if stepping {
        var output: [Float] = [0, 0, 0]
        longSumStep(
          1, keyWidth: 1, valueWidth: 3, query: [0.5], key: [1], value: x, before: before, after: after,
          output: &output,
          on: isa)
        for (got, sum) in zip(output, 0..<3) { precondition(!(got != 0.5 * memory[2][sum]) || got.isNaN) }
      } else {
        addToLongSum(3, x, to: before, after: after, on: isa)
      }
      memory = [memory[2], memory[3], memory[0], memory[1]]
    }
  }

  /// 2²⁴ positions: where a float32 sum of ones stands still.
  @Test(arguments: [false, true]) func sumsDoNotStandStill(stepping: Bool) {
    let mixed = (0..<8192).map { 0.1 + 1.9 * Float($0 * 7919 % 8192) / 8192 }
    let sums = Sums()
    var (exact, single) = ([0.0, 0, 0], [Float](repeating: 0, count: 3))
    for position in 0..<(1 << 24) {
      // Equal addends, whose errors all have one sign; others; and small ones after large ones.
      let addends = [1.2, mixed[position % 8192], position < 100_000 ? 1000 : 0.01]
      sums.add(addends, stepping: stepping)
      for channel in 0..<3 {
        single[channel] += addends[channel]
        exact[channel] += Double(addends[channel])
      }
    }
    for channel in 0..<3 {
      #expect(abs(Double(sums.sum[channel]) - exact[channel]) <= 2e-7 * exact[channel])
      // What this is for: the same sum in float32 alone.
      #expect(abs(Double(single[channel]) - exact[channel]) > 1e-3 * exact[channel])
    }
  }

  @Test(arguments: [false, true]) func whatIsNotFiniteStaysAsInAPlainSum(stepping: Bool) {
    let sums = Sums()
    for addends in [[1, 2, 3], [.infinity, -.infinity, 1e38], [4, 5, 3e38], [6, 7, 3e38]] as [[Float]] {
      sums.add(addends, stepping: stepping)
    }
    #expect(sums.sum == [.infinity, -.infinity, .infinity])
    #expect(sums.rest == [0, 0, 0])
    sums.add([-.infinity, .nan, 1], stepping: stepping)
    #expect(sums.sum[0].isNaN && sums.sum[1].isNaN && sums.sum[2] == .infinity)
  }

  @Test func allInstructionSetsAreExactAlike() {
    for isa in InstructionSet.supported {
      let sums = Sums()
      sums.isa = isa
      for addend in [0x1p24, 1, 1, 1] as [Float] { sums.add([addend, -addend, 0], stepping: addend == 1) }
      let exact: [Double] = zip(sums.sum, sums.rest).map { Double($0) + Double($1) }
      let expected: [Double] = [16_777_219, -16_777_219, 0]
      #expect(exact == expected, "\(isa)")
    }
  }
}
