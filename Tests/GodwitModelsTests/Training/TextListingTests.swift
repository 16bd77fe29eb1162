import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct TextListingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("one/a", TextCorpusTests.text(1, 50_000))
    try folder.write("one/b", TextCorpusTests.text(2, 10))
  }

  private func listing(_ name: String) throws -> TextListing {
    try TextListing(of: try TextCorpus(paths: [folder.path(name)]))
  }

  private func checksum(_ name: String) throws -> String { TextFingerprint(try listing(name), paths: []).checksum }

  @Test func onlyContentsAndTheirOrderCount() throws {
    try folder.write("two/x", TextCorpusTests.text(1, 50_000))
    try folder.write("two/y", TextCorpusTests.text(2, 10))
    #expect(try checksum("two") == checksum("one"))
    try FileManager.default.moveItem(atPath: folder.path("two/x"), toPath: folder.path("two/z"))
    #expect(try checksum("two") != checksum("one"))
    #expect(try listing("one").difference(from: listing("two")) == "the files have another order or number")
  }

  @Test(arguments: [0, 8191, 25_000, 30_001, 49_999]) func everyByteCounts(place: Int) throws {
    var changed = TextCorpusTests.text(1, 50_000)
    changed[place] ^= 1
    try folder.write("two/a", changed)
    try folder.write("two/b", TextCorpusTests.text(2, 10))
    #expect(try checksum("two") != checksum("one"))
    #expect(try listing("one").difference(from: listing("two")) == "\(folder.path("two/a")) is changed")
  }

  @Test func largeFilesAreSampledFromTheirBeginningToTheirEnd() throws {
    let path = try folder.write("large/a", [UInt8](repeating: 0x61, count: 5 << 20))
    let original = try checksum("large")
    for place in [0, (5 << 20) - 1] {
      var changed = [UInt8](repeating: 0x61, count: 5 << 20)
      changed[place] ^= 1
      try Data(changed).write(to: URL(filePath: path))
      #expect(try checksum("large") != original)
    }
  }

  @Test func filesAreNamed() throws {
    try folder.write("two/a", TextCorpusTests.text(1, 49_999))
    for index in 0..<6 { try folder.write("two/new\(index)", TextCorpusTests.text(5 + index, 20)) }
    let difference = try listing("one").difference(from: listing("two"))
    #expect(difference.hasPrefix("\(folder.path("two/a")) is changed, \(folder.path("two/new0")) is new, "))
    #expect(difference.hasSuffix(" and 3 more"))
    #expect(try listing("two").difference(from: listing("one")).contains("\(folder.path("one/b")) is new"))
  }

  @Test func itIsReadAsItWasWritten() throws {
    let run = RunFolder(folder.path("run"))
    try folder.write("run/text.jsonl", [])
    let listing = try listing("one")
    let fingerprint = TextFingerprint(listing, paths: ["one"])
    #expect(TextListing(of: run, checkedBy: fingerprint) == nil)
    try listing.write(to: run)
    #expect(TextListing(of: run, checkedBy: fingerprint) == listing)
  }
}
