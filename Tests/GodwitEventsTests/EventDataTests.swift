import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitEvents

/// What files of events may look like.
@Suite struct EventDataTests {
  @Test(arguments: [
    "NA", "N/A", "n/a", "NaN", "null", "NULL", "None", "-", "--", "?", "#N/A", "#NV", "\\N", "nil", "—",
  ])
  func missingValuesAreNamedOrLeftOut(word: String) throws {
    for (text, line) in [
      ("\(word)\n3\n1\n4\n", 1), ("n\n3\n\(word)\n1\n4\n", 3), ("a;n\nx;3\nx;1\ny;\(word)\nz;4\n", 4),
      ("3\n1\n4\n\"\(word)\"", 4),
    ] {
      let message = read(text).message
      #expect(message.hasPrefix("file:\(line): '\(word)': expected a number"), "\(message)")
      #expect(message.contains("--skip-missing leaves such lines out"))
      let data = try read(text, skipsMissing: true).get()
      #expect(data.counts == [3, 1, 4] && data.missing == 1)
    }
  }

  @Test func emptyCellsAreMissing() throws {
    let text = "time,note\n0.5,x\n,y\n1.25,\n\"\",z\n3,\n"
    #expect(read(text).message.hasPrefix("file:3: '': expected a number"))
    let data = try read(text, skipsMissing: true).get()
    #expect(data.times == [0, 0.75, 2.5] && data.missing == 2)
    #expect(read("NA\n-\n", skipsMissing: true).message.contains("there are no events in it"))
  }

  @Test(
    arguments: [
      ("0,25\n1,5 \n7", nil), ("t\n0,25\n1,5\n7", [0, 1.25, 6.75]), ("0,25;1\n1,5;2\n7;3", [0, 1.25, 6.75]),
      ("\"0,25\",1\n\"1,5\",2\n\"7,0\",3", [0, 1.25, 6.75]),
      ("sep=,\n\"0,25\",1\n\"1,5\",2\n\"7,0\",3", [0, 1.25, 6.75]),
      ("0,25\t\n1,5\t\n7\t", nil), ("0,25\tx\n1,5\t\n7\t", [0, 1.25, 6.75]),
      ("t\n0,25 h\n1,5 h\n7 h", [0, 4500, 24_300]),
      ("t\n1,5E+2\n2,75E+2\n4E2", [0, 125, 250]),
      ("1,234;a\n2,345;b\n3,456;c", nil), ("1,234;a\n2,3456;b\n3,456;c", [0, 1.1116, 2.222]), ("0,5;a\n1.5;b", nil),
      ("1.234,5;a\n2.345,5;b", nil), ("0,048;a\n0,100;b\n0,2;c", [0, 0.052, 0.152]),
    ] as [(String, [Double]?)]) func decimalCommasAreReadWhereTheyAreSure(text: String, times: [Double]?) throws
  {
    let result = read(text)
    guard let times else { return #expect(result.times == nil && !result.message.isEmpty, "\(result.message)") }
    let found = try result.get().times
    #expect(found.count == times.count && zip(found, times).allSatisfy { abs($0 - $1) < 1e-12 }, "\(found)")
  }

  @Test func theCommaIsAskedFor() {
    #expect(
      read("0,25\n1,5\n").message.hasPrefix("file:1: '0,25': the comma may be before decimals or between columns"))
    #expect(read("1,234;a\n2,345;b\n").message.contains("may be between thousands or before decimals"))
    #expect(
      read("0,5;a\n1.5;b\n").message.hasPrefix("file:2: '1.5': expected the same mark before the decimals as on line 1")
    )
  }

  // MARK: Encodings

  private static let text = "time\tplace\r\n0.5\tZürich\r\n1.25\t😀\r\n3\tx\r\n"

  private static func utf16(_ text: String, isBigEndian: Bool, hasMark: Bool) -> [UInt8] {
    (hasMark ? "\u{FEFF}" + text : text).utf16.flatMap { unit in
      isBigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
    }
  }

  @Test(arguments: [true, false]) func utf16IsRead(isBigEndian: Bool) throws {
    for hasMark in [true, false] {
      let bytes = Self.utf16(Self.text, isBigEndian: isBigEndian, hasMark: hasMark)
      let data = try read(bytes).get()
      #expect(data.times == [0, 0.75, 2.5] && data.heading == "time")
      #expect(read(bytes.dropLast(1) + []).message.contains("UTF-16 whose last character is cut off"))
      let broken = Self.utf16("1.5\n2x\n", isBigEndian: isBigEndian, hasMark: hasMark)
      #expect(read(broken).message.hasPrefix("file:2: '2x': expected a number"))
    }
  }

  @Test func whatIsNoTextIsRefused() {
    #expect(read([0xFF, 0xFE, 0, 0, 0x31, 0, 0, 0]).message.contains("UTF-32"))
    #expect(read([0x31, 0x0A, 0, 0, 0, 7]).message.contains("it is no text"))
    #expect(read([UInt8](repeating: 0, count: 100)).message.contains("it is no text"))
    #expect(read([0x31, 0x0A, 0xFF, 0x0A, 0x32]).message.hasPrefix("file:2: '\u{FFFD}': expected a number"))
  }

  // MARK: Files

  @Test func filesHaveALimit() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("file", String(repeating: "1\n", count: 50_000))
    #expect(try BoundedFile.bytes(path, limit: 100_000).count == 100_000)
    for path in [path, "/dev/zero", "/dev/urandom"] {
      let error = #expect(throws: EventFileProblem.Located.self) { try BoundedFile.bytes(path, limit: 99_999) }
      #expect(error?.problem == .tooLong(limit: 99_999) || error?.problem == .notText)
    }
    #expect(throws: EventFileError.self) { try EventData(contentsOf: folder.path("none")) }
    let message = #expect(throws: EventFileError.self) { try EventData(contentsOf: "/dev/zero") }?.description
    #expect(message?.contains("/dev/zero: it is no text") == true)
  }

  @Test func valuesHaveALimit() throws {
    var column = EventColumn(limit: 2)
    for line in 1...2 { try column.append(Array("1.5".utf8)[...], line: line, skipsMissing: false) }
    let error = #expect(throws: EventFileProblem.Located.self) {
      try column.append(Array("1.5".utf8)[...], line: 3, skipsMissing: false)
    }
    #expect(error == EventFileProblem.tooManyValues(limit: 2).onLine(3))
  }

  @Test func nothingIsLeftOfAFileButItsHeading() {
    for text in ["", "\n\n", "time\n", "# 1\n", "\u{FEFF}", "sep=;\n", "time;n\n"] {
      #expect(read(text).message == "file: there are no events in it; expected on each line \(EventTime.expectation)")
    }
  }

  @Test func logsOfServersAreRead() {
    let log = (0..<4).map { "::1 - - [01/May/2024:10:0\($0):00 +0000] \"GET /a,b;c HTTP/1.1\" 200 5 \"-\" \"x [y]\"" }
    #expect(read(log.joined(separator: "\n")).times == [0, 60, 120, 180])
    let errors = (0..<4).map { "[Wed May 01 10:0\($0):00.500000 2024] [core:error] [pid 7] no, \"that\" is not there" }
    #expect(read(errors.joined(separator: "\n")).times == [0, 60, 120, 180])
    #expect(read((log + ["restarted"]).joined(separator: "\n")).message.hasPrefix("file:5: 'restarted': expected"))
    // Alone, with and without brackets, with a zone that changes.
    let stamps = ["29/Oct/2023:02:59:00 +0200", "29/Oct/2023:02:01:00 +0100", "29/Oct/2023:02:02:00 +0100"]
    #expect(read(stamps.joined(separator: "\n")).times == [0, 120, 180])
    #expect(read(stamps.map { "[\($0)]" }.joined(separator: "\n")).times == [0, 120, 180])
  }

  @Test func messagesStayOnALine() {
    let message = read("when,n\n\"a\nb\",2\n2024-05-01,3\n", column: "when").message
    #expect(message.hasPrefix("file:2: 'a b': expected a number"))
  }
}
