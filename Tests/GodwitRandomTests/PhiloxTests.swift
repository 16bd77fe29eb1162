import Foundation
import Testing

@testable import GodwitRandom

@Suite struct PhiloxTests {
  /// The known answers that the authors publish with Random123.
  static let knownAnswers: [(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, block: SIMD4<UInt32>)] = [
    (.zero, .zero, SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    (
      SIMD4(repeating: .max), SIMD2(repeating: .max),
      SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ]

  @Test(arguments: knownAnswers.indices) func blocksAreThePublishedOnes(index: Int) {
    let answer = Self.knownAnswers[index]
    #expect(Philox.block(counter: answer.counter, key: answer.key) == answer.block)
  }

  @Test func wordsAreTheHalvesOfTheBlocks() {
    let seed: UInt64 = 0x0123_4567_89ab_cdef
    let stream: UInt64 = 0xfedc_ba98_7654_3210
    var generator = Philox(seed: seed, stream: stream).advanced(by: 0x2_0000_000a)
    for index in [5, 6] as [UInt32] {
      let block = Philox.block(
        counter: SIMD4(index, 1, 0x7654_3210, 0xfedc_ba98), key: SIMD2(0x89ab_cdef, 0x0123_4567))
      #expect(generator.next() == UInt64(block[0]) | UInt64(block[1]) << 32)
      #expect(generator.next() == UInt64(block[2]) | UInt64(block[3]) << 32)
    }
  }

  @Test func anyPlaceIsReachedAtOnce() {
    for skipped in [0, 1, 2, 3, 1001] {
      var walked = Philox(seed: 7, stream: 3)
      for _ in 0..<skipped { _ = walked.next() }
      #expect(walked == Philox(seed: 7, stream: 3).advanced(by: UInt64(skipped)))
    }
  }

  @Test func seedsStreamsAndSplitsDiffer() {
    var parent = Philox(seed: 3)
    var generators = [Philox(seed: 1), Philox(seed: 2), Philox(seed: 1, stream: 1)]
    generators += (0..<5).map { _ in parent.split() }
    generators.append(generators[3].split())
    generators.append(parent)
    var words = Set<UInt64>()
    for var generator in generators {
      for _ in 0..<1000 { words.insert(generator.next()) }
    }
    #expect(words.count == generators.count * 1000)
  }

  @Test func splittingTakesTwoWords() {
    var parent = Philox(seed: 9)
    let child = parent.split()
    #expect(parent == Philox(seed: 9).advanced(by: 2))
    var same = Philox(seed: 9)
    #expect(same.split() == child)
  }

  @Test func aDecodedGeneratorContinuesBitForBit() throws {
    for skipped in 0..<4 {
      var generator = Philox(seed: .max, stream: .max - 1)
      for _ in 0..<skipped { _ = generator.next() }
      var decoded = try JSONDecoder().decode(Philox.self, from: JSONEncoder().encode(generator))
      #expect(decoded == generator)
      for _ in 0..<10 { #expect(decoded.next() == generator.next()) }
    }
  }
}
