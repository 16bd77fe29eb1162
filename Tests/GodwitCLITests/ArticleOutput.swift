import Foundation
import Testing

/// What an article says that its commands print.
enum ArticleOutput {
  /// Runs the commands of each listing of the shell that a listing of text follows, and compares with that.
  ///
  /// - Returns: how many listings there were.
  static func check(_ article: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
    let path = BuiltProducts.packageRoot.appending(path: "Sources/Godwit/Godwit.docc/\(article)")
    let parts = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "```sh\n").dropFirst()
    for part in parts {
      let listings = part.components(separatedBy: "```")
      let printed = try listings[0].split(separator: "\n").map { line in
        try CommandRun(
          arguments: line.split(separator: " ").dropFirst(5).map(String.init), in: BuiltProducts.packageRoot
        ).output
      }
      #expect(listings[2] == "text\n" + printed.joined(), sourceLocation: sourceLocation)
    }
    return parts.count
  }
}
