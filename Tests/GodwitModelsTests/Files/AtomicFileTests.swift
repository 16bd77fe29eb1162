import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct AtomicFileTests {
  @Test func aFileIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.txt")
    try AtomicFile.write(Array("one".utf8), to: path)
    try AtomicFile.write(Array("two, longer".utf8), to: path)
    #expect(try folder.bytes("a.txt") == Array("two, longer".utf8))
    #expect(folder.names == ["a.txt"])
  }

  /// An accent at the beginning of a name makes one character of itself and the slash before it.
  @Test func aNameMayBeginWithAnAccent() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path + "/\u{301}a"
    try folder.write(".\u{301}a.\(Int32.max)-7.partial", [1])
    try AtomicFile.write(Array("one".utf8), to: path)
    #expect(try folder.bytes("\u{301}a") == Array("one".utf8))
    #expect(folder.names == ["\u{301}a"])
    try RunFolder(path + "b/\u{301}c").create()
    #expect(FileIdentity(of: path + "b/\u{301}c")?.kind == .folder)
  }

  @Test func largePiecesAndSmallOnesKeepTheirOrder() throws {
    let folder = try TemporaryFolder()
    let pieces = [3, 1 << 20, 5, 3 << 20, 0, 1].enumerated().map { index, count in
      [UInt8](repeating: UInt8(index), count: count)
    }
    let path = folder.path("pieces")
    try AtomicFile.write(to: path, byteCount: 0) { output throws(FileError) in
      for piece in pieces { try output.append(piece) }
    }
    #expect(try folder.bytes("pieces") == Array(pieces.joined()))
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("old", Array("old".utf8))
    let stopped = FileError(.write, path, code: EIO)
    #expect(throws: stopped) {
      try AtomicFile.write(to: path, byteCount: 3) { output throws(FileError) in
        try output.append(Array("new".utf8))
        throw stopped
      }
    }
    #expect(try folder.bytes("old") == Array("old".utf8))
    #expect(folder.names == ["old"])
  }

  @Test func aCheckLeavesNothingAndFailsAsTheWritingWould() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("old", Array("old".utf8))
    try AtomicFile.check(path)
    try AtomicFile.check(folder.path("new"))
    #expect(try folder.bytes("old") == Array("old".utf8))
    #expect(folder.names == ["old"])
    #expect(throws: FileError(.write, folder.path("no/file"), code: ENOENT)) {
      try AtomicFile.check(folder.path("no/file"))
    }
  }

  @Test func whatAKilledProcessLeftIsRemoved() throws {
    let folder = try TemporaryFolder()
    // No process has the greatest number, and process 1 always lives.
    let dead = try folder.write(".a.\(Int32.max)-7.partial", [1])
    try folder.write(".a.1-7.partial", [1])
    try folder.write(".b.\(Int32.max)-7.partial", [1])
    try AtomicFile.write([2], to: folder.path("a"))
    #expect(!FileManager.default.fileExists(atPath: dead))
    #expect(folder.names == [".a.1-7.partial", ".b.\(Int32.max)-7.partial", "a"])
  }

  @Test func aLinkStaysALink() throws {
    let folder = try TemporaryFolder()
    let target = try folder.write("target", [1])
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: target)
    try AtomicFile.write([2, 3], to: folder.path("link"))
    #expect(try folder.bytes("target") == [2, 3])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == target)
  }

  @Test func permissionsStay() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", [1])
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try AtomicFile.write([2], to: path)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
  }

  @Test func placesThatCannotBeFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError(.write, folder.url.path, code: EISDIR, byteCount: 1)) {
      try AtomicFile.write([1], to: folder.url.path)
    }
    #expect(throws: FileError(.write, "/dev/null", code: ENODEV, byteCount: 1)) {
      try AtomicFile.write([1], to: "/dev/null")
    }
    let missing = folder.path("none/a")
    #expect(throws: FileError(.write, missing, code: ENOENT, byteCount: 1)) { try AtomicFile.write([1], to: missing) }
    let error = FileError(.write, missing, code: ENOENT, byteCount: 1)
    #expect("\(error)" == "cannot write \(missing) (1 byte): No such file or directory; make its folder first")
  }

  #if os(Linux)
    @Test func aFullDiskIsSaid() throws {
      let descriptor = open("/dev/full", O_WRONLY)
      try #require(descriptor >= 0)
      defer { close(descriptor) }
      var output = FileOutput(descriptor: descriptor, path: "a", byteCount: 2 << 20)
      #expect(throws: FileError(.write, "a", code: ENOSPC, byteCount: 2 << 20)) {
        try output.append([UInt8](repeating: 0, count: 2 << 20))
      }
      let error = FileError(.write, "a", code: ENOSPC, byteCount: 2 << 20)
      #expect("\(error)".hasSuffix("No space left on device; free space there or choose another place"))
    }
  #endif

  @Test func aLimitOnFileSizesStopsNeitherTheProcessNorTheOldFile() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = try folder.write("a", [7])
      var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
      #if canImport(Glibc)
        try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
      #else
        try #require(setrlimit(RLIMIT_FSIZE, &limit) == 0)
      #endif
      let expected = FileError(.write, path, code: EFBIG, byteCount: 1 << 20)
      do throws(FileError) {
        try AtomicFile.write([UInt8](repeating: 1, count: 1 << 20), to: path)
        exit(2)
      } catch {
        try #require(error == expected)
      }
      try #require(try folder.bytes("a") == [7] && folder.names == ["a"])
    }
  }
}
