#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which file a path names and how it was when last looked at: enough to notice that it was changed or replaced.
struct FileIdentity: Sendable, Hashable {
  enum Kind: Sendable { case file, folder, other }

  var kind: Kind
  var device: UInt64
  var inode: UInt64
  var byteCount: Int
  var modifiedSeconds: Int
  var modifiedNanoseconds: Int

  /// What `path` names at the end of its symbolic links, or `nil` with `errno` set.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
    byteCount = Int(status.st_size)
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    modifiedSeconds = modified.tv_sec
    modifiedNanoseconds = modified.tv_nsec
  }

  /// What stays the same when a file's contents change.
  struct Node: Sendable, Hashable {
    var device: UInt64
    var inode: UInt64
  }

  var node: Node { Node(device: device, inode: inode) }
}
