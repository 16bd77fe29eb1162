import Foundation
import Testing

@testable import GodwitKernels

@Suite struct PhiloxSamplesTests {
  /// Ten rounds one after another, on one block.
  static func block(_ counter: [UInt32], key: UInt64) -> [UInt32] {
    var x = counter
    var key = [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)]
    for _ in 0..<10 {
      let a = UInt64(x[0]) * 0xD251_1F53
      let b = UInt64(x[2]) * 0xCD9E_8D57
      x = [
        UInt32(b >> 32) ^ x[1] ^ key[0], UInt32(truncatingIfNeeded: b), UInt32(a >> 32) ^ x[3] ^ key[1],
        UInt32(truncatingIfNeeded: a),
      ]
      key = [key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85]
    }
    return x
  }

  static func words(_ count: Int, first: UInt64 = 0, on isa: InstructionSet = .current) -> [UInt64] {
    var words = [UInt64](repeating: 0xDEAD, count: 2 * count + 1)
    philoxWords(key: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e, first: first, count: count, &words, on: isa)
    #expect(words.removeLast() == 0xDEAD)
    return words
  }

  @Test(arguments: InstructionSet.supported, [0, 1, 2, 3, 7, 8, 9, 31, 100])
  func blocksAreThoseOfTheRounds(isa: InstructionSet, count: Int) {
    for first in [0x85a3_08d3_243f_6a88, 0, 0xFFFF_FFFD, .max - 1] as [UInt64] {
      let words = Self.words(count, first: first, on: isa)
      for index in 0..<count {
        let place = first &+ UInt64(index)
        let block = Self.block(
          [
            UInt32(truncatingIfNeeded: place), UInt32(truncatingIfNeeded: place >> 32), 0x1319_8a2e, 0x0370_7344,
          ], key: 0x299f_31d0_a409_3822)
        #expect(words[2 * index] == UInt64(block[0]) | UInt64(block[1]) << 32)
        #expect(words[2 * index + 1] == UInt64(block[2]) | UInt64(block[3]) << 32)
      }
    }
  }

  @Test func theAuthorsKnownAnswerIsAmongThem() {
    let block = Self.block([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: 0x299f_31d0_a409_3822)
    #expect(block == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  /// Random words, and those whose halves are at an edge.
  static let inputs: [UInt64] = {
    let edges: [UInt32] = [
      0, 1, 2, 3, 0xFF, 0x100, 0x1FFF_FFFF, 0x2000_0000, 0x2000_0001, 0x3FFF_FFFF, 0x4000_0000, 0x5FFF_FFFF,
      0x6000_0000,
      0x7FFF_FFFF, 0x8000_0000, 0x9FFF_FFFF, 0xA000_0000, 0xC000_0000, 0xDFFF_FFFF, 0xE000_0000, 0xFFFF_FF7F,
      0xFFFF_FFFE,
      0xFFFF_FFFF,
    ]
    return words(4999) + edges.flatMap { a in edges.map { UInt64(a) << 32 | UInt64($0) } }
  }()

  @Test(arguments: InstructionSet.supported) func samplesAreNearThoseOfDoubles(isa: InstructionSet) {
    for count in [0, 1, 15, 16, 17, Self.inputs.count] {
      var normal = [Float](repeating: .nan, count: 2 * count + 1)
      normalSamples(mean: 0, standardDeviation: 1, count: count, Self.inputs, &normal, on: isa)
      #expect(normal.removeLast().isNaN)
      for index in 0..<count {
        let word = Self.inputs[index]
        let unit = (Double(UInt32(truncatingIfNeeded: word) >> 1) + 0.5) / 0x1p31
        let radius = (-2 * log(unit)).squareRoot()
        let angle = 2 * Double.pi * Double(word >> 32) / 0x1p32
        // Near 1 the unit is rounded to a multiple of 2⁻²⁴, which moves the radius by up to 2⁻²⁴ / radius.
        let tolerance = 4e-7 * max(radius, 1) + min(0x1p-24 / max(radius, 1e-9), 4e-4)
        #expect(abs(Double(normal[2 * index]) - radius * cos(angle)) < tolerance, "\(word)")
        #expect(abs(Double(normal[2 * index + 1]) - radius * sin(angle)) < tolerance, "\(word)")
      }
      var exponential = [Float](repeating: .nan, count: 2 * count + 1)
      exponentialSamples(scale: 1, count: count, Self.inputs, &exponential, on: isa)
      #expect(exponential.removeLast().isNaN)
      for index in 0..<2 * count {
        let word = Self.inputs[index / 2]
        let bits = index % 2 == 0 ? UInt32(truncatingIfNeeded: word) : UInt32(word >> 32)
        let want = -log1p(-(Double(bits) + 0.5) / 0x1p32)
        #expect(abs(Double(exponential[index]) - want) < 3e-7 * want, "\(bits)")
      }
    }
  }

  @Test(arguments: InstructionSet.supported) func samplesAreTheSameUnderEveryInstructionSet(isa: InstructionSet) {
    let count = Self.inputs.count
    for mean in [0, 0.3] as [Float] {
      var plain = [Float](repeating: .nan, count: 2 * count)
      var wide = plain
      normalSamples(mean: mean, standardDeviation: 0.7, count: count, Self.inputs, &plain, on: .plain)
      normalSamples(mean: mean, standardDeviation: 0.7, count: count, Self.inputs, &wide, on: isa)
      #expect(plain.map(\.bitPattern) == wide.map(\.bitPattern))
      uniformSamples(in: -0.1..<0.3, count: count, Self.inputs, &plain, on: .plain)
      uniformSamples(in: -0.1..<0.3, count: count, Self.inputs, &wide, on: isa)
      #expect(plain.map(\.bitPattern) == wide.map(\.bitPattern))
      exponentialSamples(scale: 0.7, count: count, Self.inputs, &plain, on: .plain)
      exponentialSamples(scale: 0.7, count: count, Self.inputs, &wide, on: isa)
      #expect(plain.map(\.bitPattern) == wide.map(\.bitPattern))
    }
  }

  @Test(arguments: InstructionSet.supported) func uniformSamplesAreTheDocumentedBits(isa: InstructionSet) {
    for count in [0, 1, 7, 8, 9, Self.inputs.count] {
      var samples = [Float](repeating: .nan, count: 2 * count + 1)
      uniformSamples(in: 0..<1, count: count, Self.inputs, &samples, on: isa)
      #expect(samples.removeLast().isNaN)
      let expected = Self.inputs[..<count].flatMap { word in
        [Float((word << 32) >> 40) * 0x1p-24, Float(word >> 40) * 0x1p-24]
      }
      #expect(samples == expected)
    }
  }
}
