import Testing

@testable import GodwitCLI

@Suite struct TextPiecesTests {
  private func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
    var pieces = TextPieces()
    let whole = bytes.compactMap { pieces.add($0) }
    return whole + [pieces.finish()].compactMap { $0 }
  }

  @Test(arguments: ["", "\n\n", "two\nlines", String(repeating: "a", count: 300), String(repeating: "渡り鳥", count: 99)])
  func nothingIsLostAndNoCharacterIsCut(text: String) {
    let pieces = pieces(Array(text.utf8))
    #expect(pieces.flatMap { $0 } == Array(text.utf8))
    #expect(pieces.allSatisfy { String(validating: $0, as: UTF8.self) != nil && $0.count <= 84 })
  }

  @Test func linesAreWhole() {
    let long = String(repeating: "b", count: 80)
    #expect(pieces(Array("a\n\(long)\nc".utf8)) == ["a\n", long + "\n", "c"].map { Array($0.utf8) })
  }

  @Test func bytesThatAreNoTextAreCutToo() {
    #expect(pieces([UInt8](repeating: 0x80, count: 1000)).allSatisfy { $0.count <= 84 })
  }
}
