import Foundation
import Godwit
import Testing

/// The Swift of the articles is that of the other files of this folder, which the tests compile and run.
@Suite struct ArticleTests {
  private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let folder = here.appendingPathComponent("../../Sources/Godwit/Godwit.docc").standardizedFileURL

  static let articles =
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
    .filter { $0.hasSuffix(".md") }.sorted() ?? []

  private static func text(_ article: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(article), encoding: .utf8)
  }

  @Test func thereAreArticles() { #expect(Self.articles.count >= 14) }

  @Test(arguments: articles) func everySnippetIsCompiled(article: String) throws {
    let sources = try FileManager.default.contentsOfDirectory(atPath: Self.here.path)
      .filter { $0.hasSuffix(".swift") && $0 != "ArticleTests.swift" }
      .map { try lines(String(contentsOf: Self.here.appendingPathComponent($0), encoding: .utf8)) }
    for snippet in try Self.text(article).components(separatedBy: "```swift\n").dropFirst() {
      let wanted = lines(snippet.components(separatedBy: "```")[0])
      #expect(sources.contains { $0.contains(wanted) }, "\(article): no source has this snippet: \(snippet.prefix(80))")
    }
  }

  /// The table of `ChoosingAMixer.md` has a row for each mixer that has a name, and its articles are all there are.
  @Test func everyMixerIsInTheTable() throws {
    let text = try Self.text("ChoosingAMixer.md")
    for name in MixerKind.names { #expect(text.contains("\n| `\(name)` |"), "\(name)") }
    for article in Self.articles where article != "ChoosingAMixer.md" && article != "Godwit.md" {
      #expect(text.contains("<doc:\(article.dropLast(3))>"), "\(article)")
    }
  }

  @Test(arguments: articles) func everyLinkLeadsToAnArticle(article: String) throws {
    for link in try Self.text(article).matches(of: /<doc:(?<name>[^>]+)>/) {
      #expect(Self.articles.contains("\(link.output.name).md"), "\(article): \(link.output.name)")
    }
  }

  /// The lines without their indentation, joined.
  private func lines(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}
