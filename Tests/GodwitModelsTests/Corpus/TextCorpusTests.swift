import Foundation
import GodwitRandom
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct TextCorpusTests {
  /// Printable bytes that do not repeat, so that each window of a text is another one.
  static func text(_ seed: Int, _ count: Int) -> [UInt8] {
    var generator = Philox(seed: UInt64(seed))
    return (0..<count).map { _ in UInt8.random(in: 0x20..<0x7F, using: &generator) }
  }

  @Test func foldersAreReadInTheOrderOfTheirPaths() throws {
    let folder = try TemporaryFolder()
    let contents = [
      ("b.txt", Self.text(1, 300)), ("a/z.txt", Self.text(2, 20_000)), ("a/é.md", Self.text(3, 1)),
      ("a.txt", Self.text(4, 9000)),
      ("a/deep/er/still/x", Self.text(5, 77)),
    ]
    for (name, bytes) in contents { try folder.write(name, bytes) }
    let corpus = try TextCorpus(paths: [folder.url.path])
    #expect(corpus.files.map(\.name) == ["a.txt", "a/deep/er/still/x", "a/z.txt", "a/é.md", "b.txt"])
    #expect(corpus.skipped == SkippedFiles())
    let whole = corpus.files.flatMap { file in contents.first { $0.0 == file.name }?.1 ?? [] }
    #expect(corpus.byteCount == whole.count)
    #expect(try corpus.read(0..<whole.count) == whole)
    for range in [0..<0, 5..<6, 8999..<9001, 9000..<9077, 29_070..<29_378, whole.count..<whole.count, 8990..<29_377] {
      #expect(try corpus.read(range) == Array(whole[range]))
    }
  }

  @Test func whatIsNotTextIsSkippedAndCounted() throws {
    let folder = try TemporaryFolder()
    try folder.write("text", Array("text \u{1B}[1mbold\t\r\n\u{C}".utf8))
    try folder.write("latin", Array("na".utf8) + [0xEF] + Array("ve".utf8))
    try folder.write("nul", Array("te".utf8) + [0])
    try folder.write("late-nul", Self.text(1, 8000) + [0])
    try folder.write("later-nul", Self.text(1, 9000) + [0])
    try folder.write("control", [UInt8](repeating: 0x41, count: 94) + [UInt8](repeating: 1, count: 6))
    try folder.write("few-controls", [UInt8](repeating: 0x41, count: 96) + [UInt8](repeating: 1, count: 4))
    try folder.write("empty", [])
    try folder.write(".hidden", Self.text(1, 9))
    try folder.write(".build/file", Self.text(1, 9))
    try folder.write("runs/one/config.json", Self.text(1, 9))
    try folder.write("runs/one/metrics.jsonl", Self.text(1, 9))
    try folder.write("out/new", Self.text(1, 9))
    try folder.write("far/target", Self.text(2, 9))
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.path("loop"), withDestinationPath: folder.url.path)
    try manager.createSymbolicLink(atPath: folder.path("a"), withDestinationPath: "b")
    try manager.createSymbolicLink(atPath: folder.path("b"), withDestinationPath: "a")
    try manager.createSymbolicLink(atPath: folder.path("nothing"), withDestinationPath: "nowhere")
    try manager.createSymbolicLink(atPath: folder.path("same"), withDestinationPath: "far/target")
    try manager.linkItem(atPath: folder.path("text"), toPath: folder.path("text2"))
    try #require(mkfifo(folder.path("pipe"), 0o600) == 0)
    let corpus = try TextCorpus(paths: [folder.url.path], excluding: [folder.path("out"), folder.path("none")])
    var skipped = SkippedFiles()
    skipped.binary = 3
    skipped.empty = 1
    skipped.hidden = 2
    skipped.links = 4
    skipped.repeated = 2
    skipped.runs = 1
    skipped.other = 1
    #expect(corpus.skipped == skipped)
    #expect(corpus.files.count == 5)
    let names = corpus.files.map(\.name)
    #expect(names.contains("few-controls") && names.contains("latin") && names.contains("later-nul"))
    #expect("\(skipped)" == "3 binary, 1 empty, 2 hidden, 4 linked, 2 repeated, 1 run, 1 other skipped")
  }

  @Test func pathsThatAreAskedForMayBeHidden() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(".notes/.a", Self.text(1, 10))
    #expect(try TextCorpus(paths: [path]).files.map(\.name) == [".a"])
    try folder.write(".notes/b", Self.text(1, 10))
    let corpus = try TextCorpus(paths: [folder.path(".notes"), folder.path(".notes/b"), path])
    #expect(corpus.files.map(\.name) == ["b", ".a"])
    #expect(corpus.skipped.total == 2)
  }

  @Test func pathsWithoutTextAreErrors() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    #expect(throws: CorpusError.emptyFolder(path: path)) { try TextCorpus(paths: [path]) }
    try folder.write("novel.txt", Self.text(1, 9))
    #expect(throws: CorpusError.missing(path: "\(path)/nowel.txt", nearest: "\(path)/novel.txt")) {
      try TextCorpus(paths: ["\(path)/nowel.txt"])
    }
    #expect(throws: CorpusError.missing(path: "\(path)/xyz/a", nearest: nil)) {
      try TextCorpus(paths: ["\(path)/xyz/a"])
    }
    #expect(throws: CorpusError.missing(path: "\(path)/novel.txt/a", nearest: nil)) {
      try TextCorpus(paths: ["\(path)/novel.txt/a"])
    }
    #expect(throws: CorpusError.notAFile(path: "/dev/null")) { try TextCorpus(paths: ["/dev/null"]) }
    try folder.write("bin/a", [0])
    var skipped = SkippedFiles()
    skipped.binary = 1
    #expect(throws: CorpusError.noText(paths: [folder.path("bin")], skipped: skipped)) {
      try TextCorpus(paths: [folder.path("bin")])
    }
    #expect(throws: CorpusError.noText(paths: [], skipped: SkippedFiles())) { try TextCorpus(paths: []) }
    let error = CorpusError.missing(path: "a", nearest: "b")
    #expect("\(error)" == "a does not exist; did you mean b?")
  }

  @Test func aLinkToNothingIsNoMisspelling() throws {
    let folder = try TemporaryFolder()
    let link = folder.path("link.txt")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "gone/text.txt")
    let broken = CorpusError.brokenLink(path: link, target: "gone/text.txt")
    #expect(throws: broken) { try TextCorpus(paths: [link]) }
    #expect(throws: broken) { try TextCorpus(paths: [link + "/a"]) }
    #expect("\(broken)".contains("link.txt is a symbolic link to gone/text.txt, which does not exist"))
    for error in [FileError(.open, link, code: ENOENT), FileError(.makeFolder, link, code: EEXIST)] {
      #expect(error.description.contains("a symbolic link to gone/text.txt, which does not exist"), "\(error)")
    }
    // A link to something is as good as that.
    try folder.write("gone/text.txt", Self.text(1, 9))
    #expect(try TextCorpus(paths: [link]).byteCount == 9)
    #expect(!FileError(.open, link, code: ENOENT).description.contains("link to"))
  }

  /// é as one code point and as two, which `String` takes for the same.
  @Test func namesAreTheirBytes() throws {
    let folder = try TemporaryFolder()
    let names = ["\u{E9}.txt", "e\u{301}.txt", "\u{301}.txt"]
    for (index, name) in names.enumerated() { try folder.write(name, Self.text(index, 900 + index)) }
    try #require(folder.names.count == 3)
    let corpus = try TextCorpus(paths: [folder.url.path])
    #expect(corpus.files.map { Array($0.name.utf8) } == [names[1], names[0], names[2]].map { Array($0.utf8) })
    for _ in 0..<2 {
      #expect(try corpus.read(0..<2703) == [1, 0, 2].flatMap { Self.text($0, 900 + $0) })
    }
    let listed = try TextListing(of: corpus).files.map { Array($0.path.utf8.suffix(6)) }
    #expect(listed == corpus.files.map { Array($0.path.utf8.suffix(6)) })
    try FileManager.default.removeItem(atPath: folder.path(names[0]))
    let error = #expect(throws: CorpusError.self) { try TextCorpus(paths: [folder.path(names[0])]) }
    #expect(error.map { "\($0)".contains("the same letters in other bytes?") } == true)
  }

  @Test(.enabled(if: getuid() != 0)) func aFileThatMayNotBeReadIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("secret", Self.text(1, 9))
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    #expect(throws: CorpusError.file(FileError(.open, path, code: EACCES))) {
      try TextCorpus(paths: [folder.url.path])
    }
  }

  static let changes: [(name: String, found: Int?, change: @Sendable (String) throws -> Void)] = [
    ("shortened", 4990, { path in try #require(truncate(path, 4990) == 0) }),
    ("emptied", 0, { path in try #require(truncate(path, 0) == 0) }),
    ("grown", 5001, { path in try #require(truncate(path, 5001) == 0) }),
    ("removed", nil, { path in try FileManager.default.removeItem(atPath: path) }),
    (
      "replaced", 5000,
      { path in try Data(TextCorpusTests.text(9, 5000)).write(to: URL(filePath: path), options: .atomic) }
    ),
    (
      "rewritten", 5000,
      { path in
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: path)
      }
    ),
  ]

  @Test(arguments: changes.indices, [false, true]) func aFileThatChangesIsAnError(index: Int, wasRead: Bool) throws {
    let (_, found, change) = Self.changes[index]
    let folder = try TemporaryFolder()
    try folder.write("a", Self.text(1, 100))
    let path = try folder.write("b", Self.text(2, 5000))
    let corpus = try TextCorpus(paths: [folder.url.path])
    if wasRead { _ = try corpus.read(0..<5100) }
    try change(path)
    #expect(throws: CorpusError.changed(path: path, expected: 5000, found: found)) { try corpus.read(50..<5100) }
    #expect(try corpus.read(0..<100) == Self.text(1, 100))
  }

  #if os(Linux)
    // A file system whose files may have holes of any length.
    @Test(.enabled(if: access("/dev/shm", W_OK) == 0)) func aTextLongerThanCanBeCountedIsRefused() throws {
      let paths = ["a", "b"].map { "/dev/shm/godwit-test-\(getpid())-\($0)" }
      defer { for path in paths { unlink(path) } }
      for path in paths {
        try Data(Self.text(1, 9000)).write(to: URL(filePath: path))
        try #require(truncate(path, 1 << 62) == 0)
      }
      for tooLong in [paths, Array(paths.prefix(1))] {
        #expect(throws: CorpusError.tooLong(path: paths[0])) { try TextCorpus(paths: tooLong) }
      }
      try #require(truncate(paths[0], 1 << 52) == 0 && truncate(paths[1], 1 << 52) == 0)
      let corpus = try TextCorpus(paths: paths)
      #expect(corpus.byteCount == 1 << 53)
      #expect(try TextSplit(corpus, heldOut: 0, context: 8).training == 0..<1 << 53)
      #expect(try corpus.read((1 << 52)..<(1 << 52) + 9000) == Self.text(1, 9000))
    }
  #endif

  @Test func pathsKeepTheirOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["z", "a/c", "a/b"] { try folder.write(name, Self.text(1, 9)) }
    let corpus = try TextCorpus(paths: [folder.path("z"), folder.path("a")])
    #expect(corpus.files.map(\.name) == ["z", "b", "c"])
  }

  @Test func moreFilesThanMayBeOpenAreRead() throws {
    let folder = try TemporaryFolder()
    for index in 0..<100 { try folder.write("\(index)", Self.text(index, 10)) }
    let corpus = try TextCorpus(paths: [folder.url.path])
    let first = try corpus.read(0..<1000)
    let second = try corpus.read(0..<1000)
    #expect(first == second)
    #expect(first.count == 1000)
  }

  @Test func manyReadersAgree() async throws {
    let folder = try TemporaryFolder()
    for index in 0..<50 { try folder.write("\(index)", Self.text(index, 1000)) }
    let corpus = try TextCorpus(paths: [folder.url.path])
    let whole = try corpus.read(0..<corpus.byteCount)
    await withTaskGroup(of: Bool.self) { group in
      for reader in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { index in
            let start = (index * 7919 + reader * 104_729) % (whole.count - 1500)
            return (try? corpus.read(start..<start + 1500)) == Array(whole[start..<start + 1500])
          }
        }
      }
      for await agrees in group { #expect(agrees) }
    }
  }
}
