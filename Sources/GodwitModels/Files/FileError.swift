#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system refused to do with a file: the path, the reason and what to do about it.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was asked of the system.
  public enum Operation: String, Sendable, Hashable {
    case open, read, write, replace, list
    case makeFolder = "make the folder"
  }

  /// What the system refused.
  public let operation: Operation
  /// The path of the file or folder.
  public let path: String
  /// The system's error number, as in `errno`.
  public let code: Int32
  /// The bytes that were to be written, where any were.
  public let byteCount: Int?

  package init(_ operation: Operation, _ path: String, code: Int32 = errno, byteCount: Int? = nil) {
    self.operation = operation
    self.path = path
    self.code = code
    self.byteCount = byteCount
  }

  public var description: String { problem + "; " + remedy }

  /// What the system said.
  package var problem: String {
    let bytes = byteCount.map { " (\(Quantity.counted($0, "byte")))" } ?? ""
    return "cannot \(operation.rawValue) \(path)\(bytes): \(String(cString: strerror(code)))"
  }

  private var isReading: Bool { [.open, .read, .list].contains(operation) }

  /// What to do about it.
  package var remedy: String {
    switch code {
    case ENOSPC, EDQUOT: "free space there or choose another place"
    case EFBIG: "raise the limit on the size of files (ulimit -f) or choose another place"
    case EACCES, EPERM, EROFS: isReading ? "make it readable to you" : "choose a place where you may write"
    case ENOENT, ENOTDIR, EEXIST:
      switch operation {
      case .makeFolder: "choose a place where no file has the name of a folder"
      case .write: "make its folder first"
      default: "check the path"
      }
    case EISDIR: "name a file, not a folder"
    case ENXIO, EINVAL, ENODEV, ESPIPE: "name an ordinary file"
    case ENAMETOOLONG: "choose a shorter name"
    case ELOOP: "repair its symbolic links, which go round in a circle"
    case EMFILE, ENFILE: "close other files or raise the limit on open ones (ulimit -n)"
    default: "check the disk that it is on"
    }
  }
}
