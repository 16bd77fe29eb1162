import GodwitModels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file, a pipe or a device, read whole up to a limit.
enum BoundedFile {
  /// The most bytes of a file of events: 256 MiB.
  static let limit = 256 << 20

  /// The bytes of the file at a path, or of standard input for `-`; of one that is longer than the limit, or that never ends, an
  /// error.
  static func bytes(_ path: String, limit: Int = limit) throws(EventFileProblem.Located) -> [UInt8] {
    let isInput = path == "-"
    let descriptor = isInput ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw EventFileProblem.file(FileError(.open, path)).anywhere }
    defer { if !isInput { close(descriptor) } }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) > limit {
      throw EventFileProblem.tooLong(limit: limit).anywhere
    }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      if count > 0 {
        let isFirst = bytes.isEmpty
        bytes += piece[..<count]
        if bytes.count > limit { throw EventFileProblem.tooLong(limit: limit).anywhere }
        // Of a device without end or a film, the front is enough to refuse it.
        if isFirst, let problem = TextEncoding.problem(piece[..<count]) { throw problem.anywhere }
      } else if errno != EINTR {
        throw EventFileProblem.file(FileError(.read, path)).anywhere
      }
    }
  }
}
