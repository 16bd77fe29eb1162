#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the bytes of a file that is being written go: small pieces are gathered, large ones pass through.
package struct FileOutput {
  private static let blockLength = 1 << 20

  private let descriptor: Int32
  private let path: String
  private let byteCount: Int
  private var gathered: [UInt8] = []

  init(descriptor: Int32, path: String, byteCount: Int) {
    self.descriptor = descriptor
    self.path = path
    self.byteCount = byteCount
  }

  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withTypedBytes { bytes throws(FileError) in try append(bytes) }
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if gathered.count + bytes.count <= Self.blockLength {
      gathered.append(contentsOf: bytes)
      return
    }
    try flush()
    try write(bytes)
  }

  mutating func flush() throws(FileError) {
    let bytes = gathered
    gathered.removeAll(keepingCapacity: true)
    try bytes.withTypedBytes { bytes throws(FileError) in try write(bytes) }
  }

  func failure() -> FileError { FileError(.write, path, byteCount: byteCount) }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let block = min(bytes.count - done, 8 * Self.blockLength)
      let written = retryingInterrupted { systemWrite(descriptor, bytes.baseAddress! + done, block) }
      guard written >= 0 else { throw failure() }
      done += written
    }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
