import GodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An ordinary file, open for reading at any place; closed when the last reference goes.
final class ReadableFile: Sendable {
  let path: String
  let identity: FileIdentity
  private let descriptor: Int32

  init(_ path: String) throws(FileError) {
    // Opening a named pipe would otherwise wait for its writer.
    let descriptor = retryingInterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw FileError(.open, path) }
    guard let identity = FileIdentity(descriptor: descriptor) else {
      let error = FileError(.open, path)
      close(descriptor)
      throw error
    }
    guard identity.kind == .file else {
      close(descriptor)
      throw FileError(.open, path, code: identity.kind == .folder ? EISDIR : ENODEV)
    }
    self.path = path
    self.identity = identity
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills `target` from the bytes at `offset` on; gives the count that there were, less only at the end of the file.
  func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) -> Int {
    var done = 0
    while done < target.count {
      // The system reads at most about 2 GiB at once.
      let wanted = min(target.count - done, 1 << 30)
      let got = retryingInterrupted { pread(descriptor, target.baseAddress! + done, wanted, off_t(offset + done)) }
      guard got >= 0 else { throw FileError(.read, path) }
      if got == 0 { break }
      done += got
    }
    return done
  }

  /// All bytes of the file.
  ///
  /// - Parameters:
  ///   - limit: the most bytes that such a file has; a file with holes may claim any number.
  /// - Throws: also if there is no memory for them: an array that cannot have its own ends the process.
  func contents(atMost limit: Int) throws(FileError) -> [UInt8] {
    let count = identity.byteCount
    guard count <= limit else { throw FileError(path, longerThan: limit, byteCount: count) }
    guard MachineMemory.has(byteCount: count) else { throw FileError(.read, path, code: ENOMEM, byteCount: count) }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try bytes.withTypedMutableBytes { bytes throws(FileError) in try read(into: bytes, at: 0) }
    bytes.removeSubrange(got...)
    return bytes
  }
}

/// Calls the system again while a signal interrupts it.
func retryingInterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
