import Testing

@testable import GodwitCLI

@Suite struct TerminalTextTests {
  private func shown(_ bytes: [UInt8]) -> String {
    var text = TerminalText()
    return bytes.map { text.add($0) }.joined() + text.finish()
  }

  @Test(arguments: ["", "plain\n\ttext", "naïve — 😀 é", "日本語"]) func textStays(text: String) {
    #expect(shown(Array(text.utf8)) == text)
  }

  @Test func controlCharactersAreWrittenOut() {
    #expect(shown(Array("a\u{1B}[31mb\r\u{0}\u{7F}\u{9B}".utf8)) == "a\\x1B[31mb\\x0D\\x00\\x7F\\x9B")
  }

  @Test func whatIsNotTextIsReplaced() {
    let bytes: [UInt8] = [0x61, 0xFF, 0xE2, 0x82, 0x62, 0x80, 0xC0, 0xAF, 0xF0, 0x9F]
    #expect(shown(bytes) == String(decoding: bytes, as: UTF8.self))
    #expect(shown([0xED, 0xA0, 0x80]).allSatisfy { $0 == "\u{FFFD}" })
  }

  @Test func aCharacterIsShownAsSoonAsItIsWhole() {
    var text = TerminalText()
    #expect(text.add(0xC3) == "")
    #expect(text.add(0xA9) == "é")
    #expect(text.add(0x62) == "b")
  }
}
