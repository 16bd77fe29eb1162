import CGodwitKernels
import Testing

@testable import GodwitKernels

@Suite struct MachinePeakTests {
  /// Wide bounds: they tell seconds from nanoseconds and a loop that was optimised away, not fast machines from slow.
  @Test(arguments: InstructionSet.supported) func peaksAreThoseOfAMachine(isa: InstructionSet) {
    for dtype in DType.allCases {
      let peak = measuredPeak(dtype, on: isa)
      #expect(peak > 1e7 && peak < 1e12, "\(peak) operations per second")
    }
  }

  @Test(arguments: MemoryTraffic.allCases) func bandwidthIsThatOfAMachine(traffic: MemoryTraffic) {
    let bandwidth = measuredBandwidth(traffic, threads: 2, byteCount: 8 << 20)
    #expect(bandwidth > 1e7 && bandwidth < 1e13, "\(bandwidth) bytes per second")
  }

  @Test(arguments: InstructionSet.supported) func theLoopsTouchWhatTheySay(isa: InstructionSet) {
    let table = gw_peak_table(isa.rawValue)!
    let (count, guarded) = (192, 256)
    let arrays = (0..<4).map { index in
      let block = MemoryCache.allocate(byteCount: guarded * 4).assumingMemoryBound(to: Float.self)
      block.initialize(repeating: Float(index + 1), count: guarded)
      return block
    }
    defer { for array in arrays { MemoryCache.deallocate(UnsafeMutableRawPointer(array), byteCount: guarded * 4) } }
    table.pointee.update(Int64(count), arrays[0], arrays[1], arrays[2], arrays[3])
    // first = 3 / 2 + 2, second = 4 / 2 + 2, x = 1 / 2 + first + second
    for (array, want) in zip(arrays, [8, 2, 3.5, 4] as [Float]) {
      #expect((0..<count).allSatisfy { array[$0] == want })
    }
    #expect((count..<guarded).allSatisfy { arrays[0][$0] == 1 && arrays[2][$0] == 3 && arrays[3][$0] == 4 })
    table.pointee.copy(Int64(count), arrays[0], arrays[1])
    #expect((0..<count).allSatisfy { arrays[1][$0] == 8 } && arrays[1][count] == 2)
    table.pointee.write(Int64(count), arrays[3])
    #expect((0..<count).allSatisfy { arrays[3][$0] == 1 } && arrays[3][count] == 4)
  }
}
