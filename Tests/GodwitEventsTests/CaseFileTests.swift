import Testing

@testable import GodwitEvents

/// Files as programs write them, made after public reports.
@Suite struct CaseFileTests {
  @Test func excelOfGermany() throws {
    let data = try EventData(contentsOf: Case.path("excel-german.csv"))
    #expect(data.kind == .times && data.heading == "Zeit" && data.column.index == 0 && data.column.count == 2)
    #expect(data.times == [0, 1.25, 1.5, 2.875, 6.75, 7.25, 9, 11.75, 11.875, 15.25])
  }

  @Test func excelUnicodeText() throws {
    let data = try EventData(contentsOf: Case.path("excel-unicode-text-utf16.txt"))
    #expect(data.heading == "time" && data.times == [0, 1.25, 1.5, 2.875, 6.75, 7.25, 9, 11.75, 11.875, 15.25])
  }

  @Test func lineBreaksInFields() throws {
    for column in ["when", nil] {
      let data = try EventData(contentsOf: Case.path("multi-line-field.csv"), column: column)
      #expect(data.times == [0, 60, 120, 180, 240, 300] && data.heading == "when")
    }
  }

  @Test func newestFirst() throws {
    for column in ["time", nil] {
      let data = try EventData(contentsOf: Case.path("usgs-newest-first.csv"), column: column)
      #expect(data.times.count == 120 && data.order == .newestFirst && data.hasUnit && data.heading == "time")
      #expect(data.times.first == 0 && data.times == data.times.sorted())
    }
  }

  @Test func accessLog() throws {
    let data = try EventData(contentsOf: Case.path("nginx-access.log"))
    #expect(data.times.count == 60 && data.times.last == 7016 && data.reason == "they are dates")
  }

  @Test(arguments: [
    ("nginx-local-no-zone.log", 49, "a clock without a zone went back here"), ("hex-and-friends.txt", 1, "'0x10'"),
    ("counts-na-first.txt", 1, "'NA': expected a number"),
  ]) func whatCannotBeReadIsNamed(file: String, line: Int, message: String) throws {
    let error = try #require(throws: EventFileError.self) { try EventData(contentsOf: Case.path(file)) }
    #expect(error.line == line && error.path == Case.path(file))
    #expect(error.description.contains(message), "\(error)")
  }

  @Test func missingCountsAreLeftOut() throws {
    let data = try EventData(contentsOf: Case.path("counts-na-first.txt"), skipsMissing: true)
    #expect(data.kind == .counts && data.missing == 1 && data.counts.prefix(3) == [4, 5, 4] && data.heading == nil)
  }
}
