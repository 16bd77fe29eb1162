import Foundation

/// What a text was when a run began, by which another text is noticed when it is resumed.
public struct TextFingerprint: Sendable, Hashable, Codable {
  /// The files and folders that were given, absolute.
  public let paths: [String]
  /// The number of text files in them.
  public let files: Int
  /// The number of bytes in these.
  public let byteCount: Int
  /// A checksum of the names and the bytes: of all where they are few, of pieces spread evenly where they are many.
  public let checksum: String

  /// The most bytes that the checksum covers, and the piece that is read at once.
  private static let (most, piece) = (4 << 20, 64 << 10)

  init(of corpus: TextCorpus, paths: [String]) throws(CorpusError) {
    self.paths = paths.map { URL(filePath: $0).standardizedFileURL.path }
    files = corpus.files.count
    byteCount = corpus.byteCount
    var hash = ContentHash()
    hash.add(corpus.fingerprint)
    let pieces = (corpus.byteCount + Self.piece - 1) / Self.piece
    let read = min(pieces, Self.most / Self.piece)
    for index in 0..<read {
      let start = pieces / read * index * Self.piece
      let bytes = try corpus.read(start..<min(start + Self.piece, corpus.byteCount))
      bytes.withUnsafeBytes { hash.add($0) }
    }
    checksum = hash.digits
  }

  /// Whether it is the same text, wherever it lies.
  func hasSameText(as other: TextFingerprint) -> Bool {
    byteCount == other.byteCount && files == other.files && checksum == other.checksum
  }
}
