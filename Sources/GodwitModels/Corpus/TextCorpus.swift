import GodwitKernels

/// Text files joined into one long text that is read where it is needed, so that it may be larger than memory.
///
/// The files are in the order of the paths that were given, those of a folder in the order of their paths' bytes. Each
/// reading checks that its files are still the ones found at the beginning.
public struct TextCorpus: Sendable {
  /// One file of the text.
  public struct File: Sendable, Hashable {
    /// Where it is.
    public let path: String
    /// The path from the folder that was asked for; the file's own name if it was asked for itself.
    public let name: String
    /// Its length when it was found.
    public let byteCount: Int
    /// The bytes of all files before it.
    public let offset: Int
    let identity: FileIdentity
  }

  /// The files, in the order of the text.
  public let files: [File]
  /// What was left out.
  public let skipped: SkippedFiles
  /// The length of the whole text.
  public let byteCount: Int
  private let open = OpenFiles()

  /// So many that a `Double` still counts each: a file with holes may claim more.
  static let maximumByteCount = 1 << 53

  /// Finds the text files of some paths.
  ///
  /// A folder is read with all folders in it. Left out and counted are files that are not text, hidden ones, links to
  /// folders, second paths to one file, and folders of training runs.
  ///
  /// - Parameter excluded: files and folders to leave out.
  /// - Throws: when a path does not exist or cannot be read, or when there is no text.
  /// - Complexity: O(files); at most 8 KiB of each is read.
  public init(paths: [String], excluding excluded: [String] = []) throws(CorpusError) {
    var search = FileSearch(excluding: excluded)
    for path in paths { try search.add(path) }
    var files: [File] = []
    var skipped = search.skipped
    var offset = 0
    for candidate in search.found {
      let file: ReadableFile
      do throws(FileError) { file = try ReadableFile(candidate.path) } catch { throw .file(error) }
      let size = file.identity.byteCount
      let beginning = try Self.beginning(of: file)
      if size == 0 || beginning.isEmpty {
        skipped.empty += 1
      } else if Self.isBinary(beginning) {
        skipped.binary += 1
      } else {
        guard size <= Self.maximumByteCount - offset else { throw .tooLong(path: candidate.path) }
        files.append(
          File(path: candidate.path, name: candidate.name, byteCount: size, offset: offset, identity: file.identity))
        offset += size
      }
    }
    guard offset > 0 else { throw .noText(paths: paths, skipped: skipped) }
    self.files = files
    self.skipped = skipped
    byteCount = offset
  }

  /// A text that was written into one file, whatever its bytes are.
  init(copy path: String) throws(CorpusError) {
    let file: ReadableFile
    do throws(FileError) { file = try ReadableFile(path) } catch { throw .file(error) }
    byteCount = file.identity.byteCount
    guard byteCount > 0 else { throw .noText(paths: [path], skipped: SkippedFiles()) }
    guard byteCount <= Self.maximumByteCount else { throw .tooLong(path: path) }
    files = [File(path: path, name: path, byteCount: byteCount, offset: 0, identity: file.identity)]
    skipped = SkippedFiles()
  }

  private static func beginning(of file: ReadableFile) throws(CorpusError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 8192)
    var got = 0
    do throws(FileError) {
      got = try bytes.withTypedMutableBytes { bytes throws(FileError) in try file.read(into: bytes, at: 0) }
    } catch { throw .file(error) }
    bytes.removeSubrange(got...)
    return bytes
  }

  /// Whether bytes at the beginning of a file are not text: a NUL, or more than one in twenty that no text has.
  static func isBinary(_ bytes: [UInt8]) -> Bool {
    var strange = 0
    for byte in bytes {
      if byte == 0 { return true }
      let isSpaceOrEscape = (0x08...0x0D).contains(byte) || byte == 0x1B
      if byte == 0x7F || byte < 0x20 && !isSpaceOrEscape { strange += 1 }
    }
    return strange * 20 > bytes.count
  }

  /// The bytes of a range of the text.
  ///
  /// - Precondition: the range lies in `0 ..< byteCount`.
  /// - Throws: when a file is no longer what it was, or cannot be read.
  public func read(_ range: Range<Int>) throws(CorpusError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    try bytes.withTypedMutableBytes { target throws(CorpusError) in try read(range, into: target) }
    return bytes
  }

  /// Fills `target` with a range of the text.
  package func read(_ range: Range<Int>, into target: UnsafeMutableRawBufferPointer) throws(CorpusError) {
    require(
      range.lowerBound >= 0 && range.upperBound <= byteCount && target.count == range.count,
      "TextCorpus.read: bytes \(range) of a text of \(byteCount) into \(target.count)")
    var index = fileIndex(at: range.lowerBound)
    var position = range.lowerBound
    while position < range.upperBound {
      let file = files[index]
      let start = position - file.offset
      let count = min(file.byteCount - start, range.upperBound - position)
      let done = position - range.lowerBound
      try open.read(
        file, at: start, into: UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count]))
      position += count
      index += 1
    }
  }

  /// The last file that begins at or before a place; there are no empty ones.
  private func fileIndex(at position: Int) -> Int {
    var lower = 0
    var upper = files.count
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if files[middle].offset <= position { lower = middle } else { upper = middle }
    }
    return lower
  }
}
