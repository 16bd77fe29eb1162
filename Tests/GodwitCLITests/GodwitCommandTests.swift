import Foundation
import GodwitCLI
import GodwitTestSupport
import Testing

@Suite struct GodwitCommandTests {
  @Test func versionIsPrinted() throws {
    let run = try CommandRun("--version")
    #expect(run.exitCode == 0)
    #expect(run.output == GodwitVersion.current + "\n")
    #expect(run.error.isEmpty)
  }

  @Test func changelogHasTheVersion() throws {
    let changelog = try String(contentsOf: BuiltProducts.packageRoot.appending(path: "CHANGELOG.md"), encoding: .utf8)
    #expect(changelog.contains("## \(GodwitVersion.current)"))
  }

  @Test func helpGoesToStandardOutput() throws {
    let run = try CommandRun("--help")
    #expect(run.exitCode == 0)
    #expect(run.output.contains("USAGE: godwit"))
    #expect(run.error.isEmpty)
  }

  @Test(arguments: ["nonsense", "--nonsense"]) func wrongUsageIsExplained(argument: String) throws {
    let run = try CommandRun(argument)
    #expect(run.exitCode == 64)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("godwit: "))
    #expect(run.error.contains(argument))
  }

  @Test func aMistypedCommandFindsItsWay() throws {
    #expect(try CommandRun("tain", "text").error.hasPrefix("godwit: there is no command 'tain'; did you mean 'train'?"))
    #expect(try CommandRun("trian", "text").error.contains("did you mean 'train'?"))
    let help = try CommandRun("help", "walks")
    #expect(help.exitCode == 64 && help.output.isEmpty)
    #expect(help.error.hasPrefix("godwit: there is no command 'walks'; did you mean 'walk'?"))
    let other = try CommandRun("serve")
    #expect(other.error.hasPrefix("godwit: there is no command 'serve'; the commands are train, generate, "))
    #expect(other.exitCode == 64)
    #expect(try CommandRun("help", "train").output.contains("USAGE: godwit train"))
  }

  @Test func aClosedPipeEndsQuietly() throws {
    let run = try CommandRun(shell: #"(sleep 0.2; "$godwit" --help; echo "code $?" >&2) | true"#)
    #expect(run.error == "code 0\n")
  }

  #if os(Linux)
    @Test func aFullDiskIsAnError() throws {
      let run = try CommandRun(shell: #""$godwit" --help > /dev/full"#)
      #expect(run.exitCode == 1)
      #expect(run.error.hasPrefix("godwit: cannot write to standard output: "))
    }
  #endif

  /// They would name another file than the one that was meant.
  @Test(arguments: [#"train $'na\xffme.txt'"#, #"train text --out $'\xfe'"#, #"generate run --prompt $'a\xc3'"#])
  func argumentsThatAreNotUTF8AreRefused(arguments: String) throws {
    let scratch = try TemporaryFolder()
    try scratch.write("text", String(repeating: "a text ", count: 1000))
    let run = try CommandRun(shell: #""$godwit" \#(arguments)"#, in: scratch.url)
    #expect(run.exitCode == 64)
    #expect(run.error.contains("is not UTF-8"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["text"])
  }

  @Test func anArgumentCannotChangeTheTerminal() throws {
    let run = try CommandRun("train", "--\u{1B}[31m")
    #expect(run.exitCode == 64)
    #expect(run.error.contains(#"\x1B[31m"#) && !run.error.contains("\u{1B}"))
  }
}
