import Foundation

/// What a text was when a run began, by which another text is noticed when it is resumed.
public struct TextFingerprint: Sendable, Hashable, Codable {
  /// The files and folders that were given, absolute.
  public let paths: [String]
  /// The number of text files in them.
  public let files: Int
  /// The number of bytes in these.
  public let byteCount: Int
  /// A checksum of what the files hold, one after the other; their names do not matter.
  public let checksum: String
  /// A checksum of the copy that the run keeps of the text; nil if it refers to the files, as all runs of version 0.1 do.
  public let copyChecksum: String?

  init(_ listing: TextListing, paths: [String], copyChecksum: String? = nil) {
    self.copyChecksum = copyChecksum
    self.paths = paths.map { URL(filePath: $0).standardizedFileURL.path }
    files = listing.files.count
    byteCount = listing.files.reduce(0) { $0 &+ $1.byteCount }
    var hash = ContentHash()
    for file in listing.files { hash.add(file.contents) }
    checksum = hash.digits
  }

  /// That of a run which has no text, as its model was trained elsewhere.
  static let none = TextFingerprint(.forgotten, paths: [])

  /// Whether it is the same text, wherever it lies.
  func hasSameText(as other: TextFingerprint) -> Bool {
    byteCount == other.byteCount && files == other.files && checksum == other.checksum
  }
}
