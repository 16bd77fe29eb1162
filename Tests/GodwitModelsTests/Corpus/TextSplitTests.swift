import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct TextSplitTests {
  let folder: TemporaryFolder
  let bytes: [UInt8]
  let corpus: TextCorpus

  init() throws {
    folder = try TemporaryFolder()
    bytes = TextCorpusTests.text(3, 1003)
    try folder.write("a", bytes[..<400])
    try folder.write("b", bytes[400...])
    corpus = try TextCorpus(paths: [folder.url.path])
  }

  @Test func theLastTenthIsHeldOut() throws {
    let split = try TextSplit(corpus, context: 10)
    #expect(split.training == 0..<902)
    #expect(split.validation == 902..<1003)
    #expect(try TextSplit(corpus, heldOut: 0.25, context: 10).training == 0..<752)
    #expect(try TextSplit(corpus, heldOut: 0, context: 1002).validation.isEmpty)
  }

  @Test func windowsAreFromTheTrainingPart() throws {
    let split = try TextSplit(corpus, heldOut: 0.5, context: 8)
    var generator = Philox(seed: 1)
    let batch = try split.batch(count: 2000, length: 8, using: &generator)
    #expect(batch.shape == [2000, 9])
    #expect(generator == Philox(seed: 1).advanced(by: 2000))
    let windows = Set((0..<2000).map { Array(batch.values[($0 * 9)..<($0 * 9 + 9)]) })
    let possible = (0...(501 - 9)).map { start in bytes[start..<start + 9].map(Int32.init) }
    #expect(windows.isSubset(of: possible))
    // The first and the last window too; each of 493 is missed by 2,000 draws with probability 0.017.
    let all = try split.batch(count: 20_000, length: 8, using: &generator).values
    let drawn = Set((0..<20_000).map { Array(all[($0 * 9)..<($0 * 9 + 9)]) })
    #expect(drawn == Set(possible))
  }

  @Test func aRestoredGeneratorGivesTheSameWindows() throws {
    let split = try TextSplit(corpus, context: 16)
    var generator = Philox(seed: 5)
    _ = try split.batch(count: 3, length: 16, using: &generator)
    var restored = generator
    let next = try split.batch(count: 4, length: 16, using: &generator)
    let again = try split.batch(count: 4, length: 16, using: &restored)
    #expect(next == again)
  }

  @Test func validationWindowsFollowEachOther() throws {
    let split = try TextSplit(corpus, context: 9)
    #expect(split.validationWindowCount(length: 9) == 11)
    let batch = try split.validationBatch(0..<11, length: 9)
    #expect(batch.shape == [11, 10])
    for window in 0..<11 {
      let start = 902 + 9 * window
      let expected = bytes[start..<start + 10].map(Int32.init)
      #expect(Array(batch.values[(window * 10)..<(window * 10 + 10)]) == expected)
    }
    #expect(split.validationWindowCount(length: 100) == 1)
    #expect(split.validationWindowCount(length: 101) == 0)
  }

  private static func corpus(of byteCount: Int) throws -> TextCorpus {
    let folder = try TemporaryFolder()
    return try TextCorpus(paths: [try folder.write("text", TextCorpusTests.text(1, byteCount))])
  }

  @Test(arguments: [0, 0.001, 0.1, 0.3, 1.0 / 3, 0.5, 0.9, 0.99])
  func theLeastLengthThatIsAskedForIsTheLeast(share: Double) throws {
    for context in [1, 2, 7, 64, 100] {
      let error = #expect(throws: CorpusError.self) {
        try TextSplit(try Self.corpus(of: 1), heldOut: share, context: context)
      }
      guard case .tooShort(_, let needed, _)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      _ = try TextSplit(try Self.corpus(of: needed), heldOut: share, context: context)
      #expect(throws: CorpusError.tooShort(byteCount: needed - 1, needed: needed, context: context)) {
        try TextSplit(try Self.corpus(of: needed - 1), heldOut: share, context: context)
      }
    }
  }

  @Test func aTextThatIsTooShortIsAnError() throws {
    #expect(throws: CorpusError.tooShort(byteCount: 1003, needed: 1011, context: 101)) {
      try TextSplit(corpus, context: 101)
    }
    #expect(throws: CorpusError.tooShort(byteCount: 1003, needed: 1004, context: 1003)) {
      try TextSplit(corpus, heldOut: 0, context: 1003)
    }
    _ = try TextSplit(corpus, context: 100)
    for share in [-0.1, 1, 2, .nan, .infinity] {
      let error = #expect(throws: CorpusError.self) { try TextSplit(corpus, heldOut: share, context: 1) }
      #expect("\(String(describing: error))".contains("held-out share"))
    }
    let least = #expect(throws: CorpusError.self) { try TextSplit(try Self.corpus(of: 640), context: 64) }
    #expect(least == .tooShort(byteCount: 640, needed: 641, context: 64))
    #expect(throws: CorpusError.tooShort(byteCount: 1003, needed: 1 << 53, context: 1)) {
      try TextSplit(corpus, heldOut: 1e-300, context: 1)
    }
    let error = CorpusError.tooShort(byteCount: 3, needed: 20, context: 1)
    #expect("\(error)".hasSuffix("add text or choose a smaller context"))
  }
}
