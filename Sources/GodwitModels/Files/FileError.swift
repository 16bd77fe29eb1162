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
  /// The bytes that were to be written or read, where that is known.
  public let byteCount: Int?
  /// The most bytes that are read of such a file, where this one has more.
  public let limit: Int?
  /// Where the path leads, if it is a symbolic link to nothing.
  public let brokenLinkTarget: String?

  package init(_ operation: Operation, _ path: String, code: Int32 = errno, byteCount: Int? = nil) {
    self.operation = operation
    self.path = path
    self.code = code
    self.byteCount = byteCount
    limit = nil
    brokenLinkTarget = code == ENOENT || code == EEXIST ? SymbolicLink.target(ofBroken: path) : nil
  }

  /// A file that is too long to be read as a whole.
  ///
  /// - Parameters:
  ///   - byteCount: its length; nil where it does not tell, as a pipe or a device.
  package init(_ path: String, longerThan limit: Int, byteCount: Int? = nil) {
    operation = .read
    self.path = path
    code = EFBIG
    self.byteCount = byteCount
    self.limit = limit
    brokenLinkTarget = nil
  }

  public var description: String { problem + "; " + remedy }

  /// What the system said.
  package var problem: String {
    let bytes = byteCount.map { " (\(Quantity.counted($0, "byte")))" } ?? ""
    let reason =
      limit.map { "at most \(Quantity.counted($0, "byte")) are read of such a file" } ?? String(cString: strerror(code))
    let link = brokenLinkTarget.map { ", as it is a symbolic link to \($0), which does not exist" } ?? ""
    return "cannot \(operation.rawValue) \(path)\(bytes): \(reason)\(link)"
  }

  private var isReading: Bool { [.open, .read, .list].contains(operation) }

  /// What to do about it.
  package var remedy: String {
    if limit != nil { return "check the path, or make it shorter" }
    if brokenLinkTarget != nil { return "restore what the link leads to, or give another path" }
    return switch code {
    case ENOMEM: "free memory, or raise the limit on it (ulimit -v)"
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
