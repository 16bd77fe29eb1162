import Foundation
import GodwitTestSupport
import Testing

/// The commands of the README and of the articles are run, on small models, in the order in which they stand.
@Suite struct ReadmeTests {
  private let readme: String

  init() throws {
    readme = try String(contentsOf: BuiltProducts.packageRoot.appending(path: "README.md"), encoding: .utf8)
  }

  @Test func everyCommandRuns() throws {
    let scratch = try TemporaryFolder()
    let sources = scratch.url.appending(path: "Sources")
    try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
    let functions = (0..<200).map { "public func number\($0)() -> Int { \($0) }\n" }
    try scratch.write("Sources/numbers.swift", functions.joined())
    try scratch.write("README.md", readme)
    let commands = readme.commands
    #expect(commands.count >= 10)
    for command in commands where command != "swift test -c release" { try run(command, in: scratch) }
  }

  @Test func everyCommandOfTheArticlesRuns() throws {
    let scratch = try TemporaryFolder()
    let lines = (0..<2000).map { "The line of the number \($0) is not by Shakespeare.\n" }
    try scratch.write("tinyshakespeare.txt", lines.joined())
    try FileManager.default.createSymbolicLink(
      at: scratch.url.appending(path: "Examples"),
      withDestinationURL: BuiltProducts.packageRoot.appending(path: "Examples"))
    let folder = BuiltProducts.packageRoot.appending(path: "Sources/Godwit/Godwit.docc")
    let articles = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
    let commands = try articles.sorted().flatMap {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8).commands
    }
    #expect(!commands.isEmpty)
    for command in commands { try run(command, in: scratch) }
  }

  private func run(_ command: String, in scratch: TemporaryFolder) throws {
    let words = try #require(ShellWords.split(command), "\(command)")
    try #require(words.prefix(4) == ["swift", "run", "-c", "release"], "\(command)")
    let run = try CommandRun(
      program: BuiltProducts.url(of: words[4]), arguments: shortened(Array(words.dropFirst(5))), in: scratch.url)
    #expect(run.exitCode == 0, "\(command): \(run.error)")
    #expect(!run.output.isEmpty, "\(command)")
  }

  /// The same command on a small model, for a moment.
  private func shortened(_ arguments: [String]) -> [String] {
    if arguments.first == "compare" { return arguments + ["--seconds", "0.01", "--width", "32"] }
    if arguments.first == "benchmark" { return arguments + ["--seconds", "0.1"] }
    if arguments.first == "evaluate", arguments.contains("--mixer") {
      return arguments + ["--steps", "3", "--width", "16", "--test-lengths", "64"]
    }
    guard arguments.first == "train" else { return arguments }
    var arguments = arguments
    if let index = arguments.firstIndex(of: "--minutes") {
      arguments[index + 1] = "0.02"
    } else if let index = arguments.firstIndex(of: "--steps") {
      arguments[index + 1] = "3"
    } else if !arguments.contains("--resume") {
      arguments += ["--minutes", "0.02"]
    }
    if !arguments.contains("--resume"), !arguments.contains("--from") {
      arguments += ["--width", "16", "--depth", "1", "--heads", "2", "--context", "32", "--batch", "2"]
    }
    return arguments
  }

  @Test func continuousIntegrationRunsTheTestCommand() throws {
    let script = try String(contentsOf: BuiltProducts.packageRoot.appending(path: ".ci/run"), encoding: .utf8)
    #expect(readme.commands.contains("swift test -c release"))
    #expect(script.split(separator: "\n").contains("swift test -c release"))
  }

  @Test(arguments: ["StreamFromRun", "TrainInMemory"]) func theProgramShownIsTheExample(name: String) throws {
    let source = BuiltProducts.packageRoot.appending(path: "Examples/\(name)/main.swift")
    #expect(readme.contains("```swift\n" + (try String(contentsOf: source, encoding: .utf8)) + "```"))
  }

  @Test func linksLeadSomewhere() throws {
    let links = readme.matches(of: /\]\((?<target>[^)#]+)\)/).map { String($0.output.target) }
    #expect(links.count >= 4)
    for link in links where !link.contains("://") {
      #expect(FileManager.default.fileExists(atPath: BuiltProducts.packageRoot.appending(path: link).path), "\(link)")
    }
  }
}

extension String {
  /// The lines of its shell listings.
  fileprivate var commands: [String] {
    components(separatedBy: "```sh\n").dropFirst().flatMap { listing in
      listing.components(separatedBy: "```")[0].split(separator: "\n").map(String.init)
    }
  }
}

/// A command line in words, as the shell cuts it where only single quotes are used.
private enum ShellWords {
  static func split(_ line: String) -> [String]? {
    var words: [String] = []
    for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 { words.append(String(part)) } else { words += part.split(separator: " ").map(String.init) }
    }
    return line.contains("\"") || line.contains("$") || line.contains("\\") ? nil : words
  }
}
