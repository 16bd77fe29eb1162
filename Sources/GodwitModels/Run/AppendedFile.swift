#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file to whose end bytes are added; closed when the last reference goes.
final class AppendedFile: Sendable {
  private let descriptor: Int32
  private let path: String

  /// - Parameters:
  ///   - emptied: whether what is in the file goes.
  init(_ path: String, emptied: Bool) throws(FileError) {
    self.path = path
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (emptied ? O_TRUNC : 0)
    descriptor = retryingInterrupted { open(path, flags, 0o644) }
    guard descriptor >= 0 else { throw FileError(.write, path) }
  }

  deinit { close(descriptor) }

  /// Adds all of `text`, or nothing of it.
  func append(_ text: String) throws(FileError) {
    let bytes = Array(text.utf8)
    let start = lseek(descriptor, 0, SEEK_END)
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        retryingInterrupted { write(descriptor, buffer.baseAddress! + done, bytes.count - done) }
      }
      guard written >= 0 else {
        let error = FileError(.write, path, byteCount: bytes.count)
        if start >= 0 { _ = ftruncate(descriptor, start) }
        throw error
      }
      done += written
    }
  }

  /// Waits until what was added is on the disk.
  func synchronize() throws(FileError) {
    if retryingInterrupted({ fsync(descriptor) }) != 0 { throw FileError(.write, path) }
  }
}
