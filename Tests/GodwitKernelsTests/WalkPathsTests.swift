import Testing

@testable import GodwitKernels

@Suite struct WalkPathsTests {
  /// Each step by itself, at every place within a line, with nothing touched around.
  @Test(arguments: InstructionSet.supported, [1, 2, 31, 32, 33, 63, 64, 65, 100, 128, 1000])
  func placesAreSumsOfSteps(isa: InstructionSet, steps: Int) {
    for (walks, start) in [(0, 0), (1, -7), (5, 3), (40, 0)] {
      let words = (steps + 63) / 64
      let bits = PhiloxSamplesTests.words((walks * words + 1) / 2) + [0]
      var want: [Int] = []
      for walk in 0..<walks {
        var place = start
        for step in 0..<steps {
          place += bits[walk * words + step / 64] >> (step % 64) & 1 == 1 ? 1 : -1
          want.append(place)
        }
      }
      let offsets = steps < 100 ? 0..<33 : 0..<3
      for offset in offsets {
        var narrow = [Int16](repeating: .min, count: walks * steps + 70)
        var wide = [Int32](repeating: .min, count: walks * steps + 70)
        narrow.withUnsafeMutableBufferPointer {
          walkPaths(from: Int16(start), walks, steps: steps, bits, $0.baseAddress! + offset, on: isa)
        }
        wide.withUnsafeMutableBufferPointer {
          walkPaths(from: Int32(start), walks, steps: steps, bits, $0.baseAddress! + offset, on: isa)
        }
        let places = offset..<offset + want.count
        #expect(narrow[places].elementsEqual(want.map(Int16.init)) && wide[places].elementsEqual(want.map(Int32.init)))
        #expect(narrow[..<offset].allSatisfy { $0 == .min } && narrow[places.upperBound...].allSatisfy { $0 == .min })
        #expect(wide[..<offset].allSatisfy { $0 == .min } && wide[places.upperBound...].allSatisfy { $0 == .min })
      }
    }
  }
}
