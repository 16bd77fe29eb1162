import Synchronization

/// The files of a corpus that are open now: few, as the system limits them, and the ones used last.
final class OpenFiles: Sendable {
  private static let capacity = 32

  /// By what the corpus found, not by their paths: two names of other bytes may be equal as texts.
  private let files = Mutex<[(identity: FileIdentity, file: ReadableFile)]>([])

  /// Fills `target` from a file, which must be what it was when the corpus was made.
  func read(
    _ file: TextCorpus.File, at offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(CorpusError) {
    // By its path, so that a file that was removed or replaced is noticed although it is still open here.
    let now = FileIdentity(of: file.path)
    guard now == file.identity else {
      throw .changed(path: file.path, expected: file.byteCount, found: now?.byteCount)
    }
    let opened: ReadableFile
    let got: Int
    do throws(FileError) {
      opened = try self.opened(file)
      got = try opened.read(into: target, at: offset)
    } catch { throw .file(error) }
    guard opened.identity == file.identity else {
      throw .changed(path: file.path, expected: file.byteCount, found: opened.identity.byteCount)
    }
    guard got == target.count else {
      throw .changed(path: file.path, expected: file.byteCount, found: offset + got)
    }
  }

  private func opened(_ file: TextCorpus.File) throws(FileError) -> ReadableFile {
    let known = files.withLock { files -> ReadableFile? in
      guard let index = files.firstIndex(where: { $0.identity == file.identity }) else { return nil }
      let entry = files.remove(at: index)
      files.append(entry)
      return entry.file
    }
    if let known { return known }
    let opened = try ReadableFile(file.path)
    files.withLock { files in
      // Whoever reads from the file that leaves still holds it.
      if files.count >= Self.capacity { files.removeFirst() }
      files.append((file.identity, opened))
    }
    return opened
  }
}
