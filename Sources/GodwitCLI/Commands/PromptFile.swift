import Foundation
import GodwitKernels
import GodwitModels

/// A file, a pipe or a device with a text that is read as a whole.
enum PromptFile {
  /// The most bytes of such a text: one that does not end, as that of /dev/zero, would take all memory.
  static let greatestByteCount = 1 << 30

  /// - Throws: also if the text has more than `limit` bytes, or there is no memory for it.
  static func bytes(_ path: String, limit: Int = greatestByteCount) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(.open, path) }
    defer { close(descriptor) }
    var status = stat()
    let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let length = isFile ? Int(status.st_size) : nil
    if let length, length > limit { throw FileError(path, longerThan: limit, byteCount: length) }
    var bytes: [UInt8] = []
    if let length { try reserve(length, &bytes, path) }
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError(.read, path)
      }
      guard bytes.count + count <= limit else { throw FileError(path, longerThan: limit) }
      if bytes.count + count > bytes.capacity {
        try reserve(max(2 * bytes.capacity, bytes.count + count), &bytes, path)
      }
      bytes += piece[..<count]
    }
  }

  /// Makes room, where the system has it: an array that cannot have its memory ends the process.
  private static func reserve(_ capacity: Int, _ bytes: inout [UInt8], _ path: String) throws(FileError) {
    guard MachineMemory.has(byteCount: capacity) else {
      throw FileError(.read, path, code: ENOMEM, byteCount: capacity)
    }
    bytes.reserveCapacity(capacity)
  }
}
