#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The names in a folder, without `.` and `..`, in the order of their bytes.
struct FolderListing {
  private(set) var names: [String] = []
  /// How many names are not UTF-8, which a path cannot hold here.
  private(set) var unreadableNames = 0

  init(_ path: String) throws(FileError) {
    guard let stream = opendir(path) else { throw FileError(.list, path) }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        if errno != 0 { throw FileError(.list, path) }
        break
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 1) { String(validatingCString: $0) }
      }
      guard let name else {
        unreadableNames += 1
        continue
      }
      if name != ".", name != ".." { names.append(name) }
    }
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
