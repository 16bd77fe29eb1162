import GodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lines of a file one after the other, so that it may be longer than memory.
struct FileLines {
  private static let blockLength = 1 << 20

  private let file: ReadableFile
  private let longest: Int

  /// - Parameters:
  ///   - longest: the bytes of the longest line that is read.
  init(_ file: ReadableFile, longest: Int) {
    self.file = file
    self.longest = longest
  }

  /// Calls `body` for each line that is not empty; with nil for one that is too long.
  ///
  /// What is added to the file meanwhile is not read.
  ///
  /// - Parameters:
  ///   - body: is given the line without its line break, which always stands behind it in memory.
  func visit(_ body: (_ line: UnsafeBufferPointer<UInt8>?) throws(FileError) -> Void) throws(FileError) {
    // The longest line that is not at its end yet, a block behind it, and a line break.
    let capacity = min(longest, file.identity.byteCount) + Self.blockLength + 1
    guard MachineMemory.has(byteCount: capacity) else {
      throw FileError(.read, file.path, code: ENOMEM, byteCount: capacity)
    }
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    defer { bytes.deallocate() }
    var (kept, offset, isTooLong) = (0, 0, false)
    while offset < file.identity.byteCount {
      let wanted = min(Self.blockLength, file.identity.byteCount - offset)
      let got = try file.read(into: UnsafeMutableRawBufferPointer(start: bytes + kept, count: wanted), at: offset)
      if got == 0 { break }
      offset += got
      let end = kept + got
      var (start, searched) = (0, kept)
      while let place = memchr(bytes + searched, Int32(UInt8(ascii: "\n")), end - searched) {
        let stop = UnsafeRawPointer(place) - UnsafeRawPointer(bytes)
        if isTooLong || stop - start > longest {
          try body(nil)
        } else if stop > start {
          try body(UnsafeBufferPointer(start: bytes + start, count: stop - start))
        }
        isTooLong = false
        (start, searched) = (stop + 1, stop + 1)
      }
      kept = end - start
      isTooLong = isTooLong || kept > longest
      if isTooLong { kept = 0 }
      if start > 0, kept > 0 { memmove(bytes, bytes + start, kept) }
    }
    if isTooLong { return try body(nil) }
    if kept == 0 { return }
    bytes[kept] = UInt8(ascii: "\n")
    try body(UnsafeBufferPointer(start: bytes, count: kept))
  }
}
