import Testing

@testable import GodwitCLI

@Suite struct ShellCommandTests {
  @Test(arguments: [
    ("godwit", "godwit"), ("./godwit", "./godwit"), ("/usr/bin/godwit", "/usr/bin/godwit"),
    ("/home/a b/godwit", "'/home/a b/godwit'"), ("/home/a/godwit", "./godwit"),
    ("/home/a/.build/release/godwit", ".build/release/godwit"),
  ])
  func aProgramIsCalledAsItWas(name: String, call: String) {
    #expect(ShellCommand.program(calledAs: name, in: "/home/a") == call)
  }

  @Test func whatTheShellWouldReadIsQuoted() {
    #expect(ShellCommand.line("godwit", ["train", "it's", ""]) == #"godwit train 'it'\''s' ''"#)
  }
}
