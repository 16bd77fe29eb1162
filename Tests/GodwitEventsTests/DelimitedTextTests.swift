import Testing

@testable import GodwitEvents

/// Records, fields and their lines.
@Suite struct DelimitedTextTests {
  private func records(_ text: String) throws -> [(line: Int, fields: [String])] {
    let table = try DelimitedText(Array(text.utf8))
    return try table.records(first: .max).map { record in
      (record.line, record.fields.map { table.bytes(of: $0).text })
    }
  }

  private func fields(_ text: String) throws -> [[String]] { try records(text).map(\.fields) }

  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a;b,c\r\n1;2\r\n", [["a", "b,c"], ["1", "2"]]),
    ("a\tb\r1\t\r", [["a", "b"], ["1", ""]]), ("\u{FEFF}a;b\n1;2", [["a", "b"], ["1", "2"]]),
    ("sep=|\na|b;c", [["a", "b;c"]]), ("sep=;\r\n1,5;x\r\n", [["1,5", "x"]]), ("SEP=,\r1.5,x;y\r", [["1.5", "x;y"]]),
    ("sep=\t\n1\t2,5", [["1", "2,5"]]), ("\u{FEFF}sep=,\n1;2,3", [["1;2", "3"]]),
    ("\"a,b\",c\n", [["a,b", "c"]]), (" \" a \" , c \n", [["a", "c"]]), ("\"a \"\"b\"\"\",c\n", [["a \"b\"", "c"]]),
    ("\"a\nb\",c\n\"\r\nd\r\n\",\"e\"\n", [["a\nb", "c"], ["\r\nd\r\n", "e"]]), ("5\" pipe,3\n", [["5\" pipe", "3"]]),
    ("\"a\"b,c\n", [["\"a\"b", "c"]]), ("\n  \n# note, with a comma\n1;2\n", [["1", "2"]]),
    ("a,b\n\t\n,\n", [["a", "b"], ["", ""]]), ("#N/A\n1\n", [["#N/A"], ["1"]]), ("\"\",\"\"\"\"\n", [["", "\""]]),
    ("", []), ("\n\n", []), ("sep=;", []),
  ]) func fieldsAreFound(text: String, expected: [[String]]) throws {
    #expect(try fields(text) == expected)
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func linesAreCounted(end: String) throws {
    let text = ["# a", "x,y", "\"1", "", "2\",3", "", "4,5"].joined(separator: end)
    #expect(try records(text).map(\.line) == [2, 3, 7])
    #expect(try records("sep=,\(end)1,2\(end)3,4").map(\.line) == [2, 3])
  }

  @Test(arguments: [("1,2\n3,\"4\n5,6\n", 2), ("\"", 1), ("a,b\n\"x\ny\",1\n2,\"\"\"\n", 4)])
  func anOpenQuoteIsAnErrorOfItsLine(text: String, line: Int) throws {
    let error = try #require(throws: EventFileProblem.Located.self) { try records(text) }
    #expect(error == EventFileProblem.unclosedQuote.onLine(line))
  }

  /// Whatever the bytes are, they are read or refused.
  @Test func noBytesTrap() throws {
    let words = [
      "\"", "\n", "\r", ",", ";", "\t", " ", "#", "sep=", "[", "]", "1", "2024-05-01", "NA", "-", "é", "\u{0}",
    ]
    var state: UInt64 = 7
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var readable = 0
    for _ in 0..<20_000 {
      var bytes = (0..<next(30)).flatMap { _ in Array(words[next(words.count)].utf8) }
      if next(4) == 0, !bytes.isEmpty { bytes[next(bytes.count)] = UInt8(next(256)) }
      if next(10) == 0 { bytes = [0xFF, 0xFE] + bytes }
      for kind in [nil, EventData.Kind.times, .counts] {
        if case .success = read(bytes, as: kind, skipsMissing: next(2) == 0) { readable += 1 }
      }
    }
    #expect(readable > 300)
  }
}
