import Foundation

/// The files that a run learns from, in their order: the contents of its `text.jsonl`.
///
/// A text is what its files hold, wherever they lie and whatever they are called.
struct TextListing: Sendable, Hashable {
  struct File: Sendable, Hashable, Codable {
    /// Absolute.
    let path: String
    let byteCount: Int
    /// Of all bytes; in a file of more than 4 MiB, of pieces spread evenly.
    let checksum: String

    var contents: String { "\(byteCount) \(checksum)" }
    var name: String { URL(filePath: path).lastPathComponent }
  }

  let files: [File]

  /// A path has at most 4096 bytes, each of which may be written with six characters.
  private static let longestLine = 64 << 10

  /// Of a text whose files nobody remembers.
  static let forgotten = TextListing(files: [])

  private init(files: [File]) { self.files = files }

  /// - Complexity: O(bytes), at most 4 MiB of each file.
  init(of corpus: TextCorpus) throws(CorpusError) {
    var files: [File] = []
    for file in corpus.files {
      var hash = ContentHash()
      for piece in Self.pieces(of: file.byteCount) {
        let bytes = try corpus.read(file.offset + piece.lowerBound..<file.offset + piece.upperBound)
        bytes.withUnsafeBytes { hash.add($0) }
      }
      let path = URL(filePath: file.path).standardizedFileURL.path
      files.append(File(path: path, byteCount: file.byteCount, checksum: hash.digits))
    }
    self.files = files
  }

  /// What a run wrote down, or nil if that is lost or damaged.
  init?(of folder: RunFolder, checkedBy fingerprint: TextFingerprint) {
    guard let file = try? ReadableFile(folder.text) else { return nil }
    var found: [File] = []
    let isRead: Void? = try? FileLines(file, longest: Self.longestLine).visit { line throws(FileError) in
      // More files than the run began with are another text, and need not be kept.
      guard let line, found.count <= fingerprint.files else { return }
      if let next = try? JSONDecoder().decode(File.self, from: Data(line)) { found.append(next) }
    }
    if isRead == nil { return nil }
    files = found
    guard TextFingerprint(self, paths: []).hasSameText(as: fingerprint) else { return nil }
  }

  func write(to folder: RunFolder) throws(RunError) {
    try RunFolder.replace(folder.text, with: files.map { RunFolder.json($0) + "\n" }.joined().utf8)
  }

  /// What of a file is read for its checksum: 64 pieces of 64 KiB where that is not all.
  private static func pieces(of byteCount: Int) -> [Range<Int>] {
    let (count, length) = (64, 64 << 10)
    guard byteCount > count * length else { return [0..<byteCount] }
    return (0..<count).map { index in
      let start = Int(Double(byteCount - length) * Double(index) / Double(count - 1))
      return start..<start + length
    }
  }

  /// In which files `other` differs, in words.
  func difference(from other: TextListing) -> String {
    let (here, there) = (Set(files.map(\.contents)), Set(other.files.map(\.contents)))
    let new = other.files.filter { !here.contains($0.contents) }
    let gone = files.filter { !there.contains($0.contents) }
    let changed = new.filter { file in gone.contains { $0.name.hasSameBytes(as: file.name) } }
    let names = Set(changed.map { ByteString($0.name) })
    let words =
      changed.map { "\($0.path) is changed" }
      + new.filter { !names.contains(ByteString($0.name)) }.map { "\($0.path) is new" }
      + gone.filter { !names.contains(ByteString($0.name)) }.map { "\($0.path) is missing" }
    if words.isEmpty { return "the files have another order or number" }
    return words.prefix(5).joined(separator: ", ") + (words.count > 5 ? " and \(words.count - 5) more" : "")
  }
}
