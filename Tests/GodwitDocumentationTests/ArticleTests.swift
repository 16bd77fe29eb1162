import Foundation
import Godwit
import Testing

/// The Swift of the articles is that of the other files of this folder and of the examples, which the tests compile and run.
@Suite struct ArticleTests {
  @Test func thereAreArticles() { #expect(Articles.names.count >= 14) }

  @Test(arguments: Articles.names) func everySnippetIsCompiled(article: String) throws {
    let here = Articles.root.appendingPathComponent("Tests/GodwitDocumentationTests")
    let example = Articles.root.appendingPathComponent("Examples/MixersFromSwift/main.swift")
    let files = try FileManager.default.contentsOfDirectory(atPath: here.path)
      .filter { $0.hasSuffix(".swift") && $0 != "ArticleTests.swift" }
      .map(here.appendingPathComponent)
    let sources = try (files + [example]).map { lines(try String(contentsOf: $0, encoding: .utf8)) }
    for snippet in try Articles.text(article).components(separatedBy: "```swift\n").dropFirst() {
      let wanted = lines(snippet.components(separatedBy: "```")[0])
      #expect(sources.contains { $0.contains(wanted) }, "\(article): no source has this snippet: \(snippet.prefix(80))")
    }
  }

  /// The table of `ChoosingAMixer.md` has a row for each mixer that has a name; it and the first page link all articles.
  @Test func everyMixerIsInTheTable() throws {
    let text = try Articles.text("ChoosingAMixer.md")
    let table = text.components(separatedBy: "\n## ")[1]
    for name in MixerKind.names { #expect(table.contains("\n| `\(name)` |"), "\(name)") }
    let linked = text + (try Articles.text("Godwit.md"))
    for article in Articles.names where article != "Godwit.md" {
      #expect(linked.contains("<doc:\(article.dropLast(3))>"), "\(article)")
    }
  }

  @Test(arguments: Articles.names) func everyLinkLeadsSomewhere(article: String) throws {
    let text = try Articles.text(article)
    for link in text.matches(of: /<doc:(?<name>[^>]+)>/) {
      #expect(Articles.names.contains("\(link.output.name).md"), "\(article): \(link.output.name)")
    }
    for link in text.matches(of: /\]\((?<path>[^)#]+)\)/) where !link.output.path.contains("://") {
      let file = Articles.folder.appendingPathComponent(String(link.output.path)).standardizedFileURL
      #expect(FileManager.default.fileExists(atPath: file.path), "\(article): \(link.output.path)")
    }
  }

  /// What the tests alone have is explained where a stranger reads it.
  @Test(arguments: Articles.names) func helpersOfTheTestsAreExplained(article: String) throws {
    let text = try Articles.text(article)
    let code = text.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    let usesHelpers = code.contains { $0.contains("expectClose") || $0.contains("stepped") || $0.contains("#expect") }
    #expect(!usesHelpers || text.contains("<doc:ChoosingAMixer>"), "\(article)")
  }

  /// The lines without their indentation, joined.
  private func lines(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}
