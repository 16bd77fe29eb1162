/// Bytes that can be read at any place: a file, or memory in place of one.
protocol ByteSource: Sendable {
  var byteCount: Int { get }

  /// Fills `target` from the bytes at `offset` on; gives the count that there were, less only at the end.
  func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int
}

extension ReadableFile: ByteSource {
  var byteCount: Int { identity.byteCount }
}

/// Bytes in memory.
struct MemorySource: ByteSource {
  let bytes: [UInt8]

  var byteCount: Int { bytes.count }

  func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let count = max(min(target.count, bytes.count - offset), 0)
    bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
    return count
  }
}
