import Foundation

/// The articles of the library, and the README.
enum Articles {
  /// The root of the package.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    .standardizedFileURL
  static let folder = root.appendingPathComponent("Sources/Godwit/Godwit.docc")

  /// The file names of the articles.
  static let names =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
    .filter { $0.hasSuffix(".md") }.sorted() ?? []

  static func text(_ article: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(article), encoding: .utf8)
  }

  static func readme() throws -> String {
    try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
  }
}
