/// The history of a run that is being trained: lines are only ever added.
struct MetricsFile: Sendable {
  /// The most bytes of a history that is read: no run writes as many, and a file with holes may claim any number.
  private static let greatestByteCount = 1 << 30
  /// The longest line: a sample has a million bytes at most, of which each may be written with six characters.
  private static let longestLine = 16 << 20

  private let file: AppendedFile

  /// The history of a new run, empty.
  init(creating path: String) throws(RunError) {
    do throws(FileError) { file = try AppendedFile(path, emptied: true) } catch { throw .file(error) }
  }

  /// The history of a run that goes on from a checkpoint: what was recorded after the checkpoint is forgotten, as it will
  /// be recorded again, and so are the end and what cannot be read. A history that is gone begins here.
  init(resuming path: String, at step: Int) throws(RunError) {
    do throws(FileError) {
      if let identity = FileIdentity(of: path) {
        let lines = try Self.lines(of: path)
        try AtomicFile.write(to: path, byteCount: identity.byteCount) { output throws(FileError) in
          try lines.visit { line throws(FileError) in
            guard let line, let at = HistoryLine(line)?.integer("step"), at <= step else { return }
            // With the line break, which stands behind it.
            try output.append(UnsafeRawBufferPointer(start: line.baseAddress, count: line.count + 1))
          }
        }
      }
      file = try AppendedFile(path, emptied: false)
    } catch { throw .file(error) }
  }

  /// The lines of a history.
  static func lines(of path: String) throws(FileError) -> FileLines {
    let file = try ReadableFile(path)
    guard file.identity.byteCount <= greatestByteCount else {
      throw FileError(path, longerThan: greatestByteCount, byteCount: file.identity.byteCount)
    }
    return FileLines(file, longest: longestLine)
  }

  func append(_ line: JSONLine) throws(FileError) { try file.append(line.text + "\n") }

  func synchronize() throws(FileError) { try file.synchronize() }
}
