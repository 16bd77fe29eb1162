#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that appear under their name only when they are whole and on the disk; until then, and when anything fails,
/// what had that name before stays as it was.
///
/// The bytes go into a temporary file beside the final one, which is flushed and then renamed; last the folder is
/// flushed. The temporary file goes when the writing fails; what a killed process left is removed by the next write to
/// the same name.
package enum AtomicFile {
  /// Writes `path` with the bytes that `body` appends.
  ///
  /// - Parameter byteCount: how many bytes there will be, for the message when they do not fit.
  /// - Throws: when the system refuses; the file is then as it was.
  package static func write(
    to path: String, byteCount: Int, _ body: (inout FileOutput) throws(FileError) -> Void
  ) throws(FileError) {
    let (target, temporary, descriptor) = try begin(path, byteCount: byteCount)
    var output = FileOutput(descriptor: descriptor, path: path, byteCount: byteCount)
    do throws(FileError) {
      defer { close(descriptor) }
      var status = stat()
      if stat(target, &status) == 0 { _ = fchmod(descriptor, status.st_mode & 0o777) }
      try body(&output)
      try output.flush()
      guard retryingInterrupted({ fsync(descriptor) }) == 0 else { throw output.failure() }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      let error = FileError(.replace, path, byteCount: byteCount)
      unlink(temporary)
      throw error
    }
    synchronizeFolder(of: target)
  }

  /// Writes `path` with these bytes.
  package static func write(_ bytes: some Collection<UInt8>, to path: String) throws(FileError) {
    try write(to: path, byteCount: bytes.count) { output throws(FileError) in try output.append(Array(bytes)) }
  }

  /// Throws what writing `path` would throw at its start, before the work whose result it is to hold.
  package static func check(_ path: String) throws(FileError) {
    let (_, temporary, descriptor) = try begin(path, byteCount: nil)
    close(descriptor)
    unlink(temporary)
  }

  /// Makes the temporary file for `path`.
  private static func begin(
    _ path: String, byteCount: Int?
  ) throws(FileError) -> (target: String, temporary: String, descriptor: Int32) {
    _ = ignoresFileSizeSignal
    let target = resolved(path)
    if let old = FileIdentity(of: target), old.kind != .file {
      throw FileError(.write, path, code: old.kind == .folder ? EISDIR : ENODEV, byteCount: byteCount)
    }
    removeLeftovers(of: target)
    let temporary = temporaryName(target, process: getpid(), suffix: "-\(UInt32.random(in: 0 ... .max))")
    let descriptor = retryingInterrupted { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw FileError(.write, path, byteCount: byteCount) }
    return (target, temporary, descriptor)
  }

  /// A write beyond the limit on a file's size would otherwise end the process, instead of failing.
  private static let ignoresFileSizeSignal: Bool = {
    var action = sigaction()
    guard sigaction(SIGXFSZ, nil, &action) == 0 else { return false }
    #if canImport(Darwin)
      let isDefault = action.__sigaction_u.__sa_handler == nil
    #else
      let isDefault = action.__sigaction_handler.sa_handler == nil
    #endif
    if isDefault { signal(SIGXFSZ, SIG_IGN) }
    return true
  }()

  /// The file that the path's symbolic links lead to, so that it is replaced and not a link to it.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path[...]) }
    let start = path.utf8.index(after: slash)
    return (String(path[..<start]), path[start...])
  }

  private static func temporaryName(_ path: String, process: Int32, suffix: String) -> String {
    let (folder, name) = split(path)
    return "\(folder).\(name).\(process)\(suffix).partial"
  }

  /// Removes temporary files of this name whose processes are gone.
  private static func removeLeftovers(of path: String) {
    let (folder, name) = split(path)
    let prefix = ".\(name)."
    for entry in (try? FolderListing(folder.isEmpty ? "." : folder).names) ?? [] {
      guard entry.hasBytes(first: prefix), entry.hasBytes(last: ".partial") else { continue }
      let process = entry.utf8.dropFirst(prefix.utf8.count).prefix { $0 != UInt8(ascii: "-") }
      if let process = Int32(Substring(process)), process > 0, kill(process, 0) == -1, errno == ESRCH {
        unlink(folder + entry)
      }
    }
  }

  /// Makes the new name last through a loss of power, where the file system can promise that.
  private static func synchronizeFolder(of path: String) {
    let folder = split(path).folder
    let descriptor = retryingInterrupted { open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    _ = retryingInterrupted { fsync(descriptor) }
    close(descriptor)
  }
}
