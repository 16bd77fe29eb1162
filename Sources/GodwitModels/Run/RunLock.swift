#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run taken for one process, so that two never write to it at once; given back when the last reference goes, or the
/// process ends in whatever way.
final class RunLock: Sendable {
  private let descriptor: Int32

  init(_ folder: RunFolder) throws(RunError) {
    descriptor = retryingInterrupted { open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw .file(FileError(.open, folder.path)) }
    // A file system that knows no locks is no reason not to train.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw .busy(path: folder.path)
    }
  }

  deinit { close(descriptor) }
}
