import Testing

@testable import GodwitCLI

@Suite struct RunNameTests {
  @Test func theTextAndTheMixerName() {
    #expect(RunName.free(text: ["letters/old ones.txt", "b"], mixer: "linear") == "runs/old-ones-linear")
  }

  @Test func aLongNameIsCutToWhatAFolderMayHave() {
    let text = String(repeating: "é", count: 120) + ".txt"
    #expect(RunName.free(text: [text], mixer: "softmax") == "runs/\(String(repeating: "é", count: 50))-softmax")
  }

  @Test func severalMixersNameItToo() {
    #expect(RunName.free(text: ["a"], mixer: "linear,local:window=8,softmax") == "runs/a-linear-local-softmax")
    #expect(RunName.free(text: ["a"], mixer: "flash:chunk=8,local=0,gau") == "runs/a-flash-gau")
    let many = Array(repeating: "softmax", count: 60).joined(separator: ",")
    #expect(RunName.free(text: ["a"], mixer: many).utf8.count < 100)
  }
}
