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
}
