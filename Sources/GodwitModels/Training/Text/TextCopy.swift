/// The text of a run as it is kept in the run's folder, all files one after the other, so that a change of the files neither
/// ends the run nor keeps it from going on.
enum TextCopy {
  /// The longest text that is kept: more would fill disks without being asked.
  static let greatestByteCount = 256 << 20

  private static let pieceLength = 1 << 20

  /// The checksum of all bytes of a text.
  ///
  /// - Complexity: one reading of the text.
  static func checksum(of corpus: TextCorpus) throws(CorpusError) -> String {
    var hash = ContentHash()
    for piece in pieces(of: corpus) {
      let bytes = try corpus.read(piece)
      bytes.withUnsafeBytes { hash.add($0) }
    }
    return hash.digits
  }

  /// Writes a text beside its final name and renames it, and gives it as it is read from there.
  static func write(_ corpus: TextCorpus, to path: String) throws(TrainingError) -> TextCorpus {
    var failure: CorpusError?
    do throws(FileError) {
      try AtomicFile.write(to: path, byteCount: corpus.byteCount) { output throws(FileError) in
        for piece in pieces(of: corpus) {
          let bytes: [UInt8]
          do throws(CorpusError) { bytes = try corpus.read(piece) } catch {
            failure = error
            // The message is the reading's; this only ends the writing.
            throw FileError(.write, path, code: 0)
          }
          try output.append(bytes)
        }
      }
    } catch {
      if let failure { throw .text(failure) }
      throw .run(.file(error))
    }
    do throws(CorpusError) { return try TextCorpus(copy: path) } catch { throw .text(error) }
  }

  /// The copy in a folder; nil if there is none.
  ///
  /// - Throws: also if it is not what was written.
  static func read(in folder: RunFolder, checksum: String) throws(TrainingError) -> TextCorpus? {
    guard let identity = FileIdentity(of: folder.textCopy) else { return nil }
    do throws(CorpusError) {
      guard identity.kind == .file, identity.byteCount > 0 else {
        throw .changed(path: folder.textCopy, expected: 1, found: identity.byteCount)
      }
      let corpus = try TextCorpus(copy: folder.textCopy)
      if try Self.checksum(of: corpus) == checksum { return corpus }
    } catch {
      if case .file = error { throw .text(error) }
    }
    throw .textCopyChanged(run: folder.path, path: folder.textCopy)
  }

  private static func pieces(of corpus: TextCorpus) -> [Range<Int>] {
    stride(from: 0, to: corpus.byteCount, by: pieceLength).map { $0..<min($0 + pieceLength, corpus.byteCount) }
  }
}
