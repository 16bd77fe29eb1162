import Testing

@testable import GodwitEvents

/// Which column is read where none is asked for.
@Suite struct ColumnChoiceTests {
  /// A table of six records between a delimiter; of each column the heading and the values.
  private func table(_ columns: [(String, [String])], _ delimiter: String = ",") -> String {
    let rows = [columns.map(\.0)] + (0..<columns[0].1.count).map { row in columns.map { $0.1[row] } }
    let hasHeading = columns.contains { !$0.0.isEmpty }
    return rows.dropFirst(hasHeading ? 0 : 1).map { $0.joined(separator: delimiter) }.joined(separator: "\n") + "\n"
  }

  private static let tickets = ["1001", "1002", "1003", "1004", "1005", "1006"]
  private static let dates = (1...6).map { "2024-05-0\($0) 10:0\($0 * $0 % 7):00" }
  private static let later = (1...6).map { "2024-05-1\($0) 10:0\($0 * $0 % 7):00" }
  private static let numbers = ["0.5", "1.75", "2", "4.25", "7.5", "8"]
  private static let epochs = ["1714521600", "1714521660", "1714523000", "1714524000", "1714524100", "1714529000"]
  private static let whole = ["3", "1", "4", "1", "5", "9"]
  private static let words = ["open", "closed", "open", "open", "closed", "open"]

  private static let found: [([(String, [String])], Int)] = [
    ([("ticket", tickets), ("created", dates)], 1), ([("", tickets), ("", dates)], 1),
    ([("ticket", tickets), ("status", words), ("opened", dates), ("closed", later)], 2),
    ([("updated", later), ("time", dates)], 1), ([("end", later), ("start", dates)], 1),
    ([("id", tickets), ("t", numbers)], 1), ([("", tickets), ("", numbers)], 1), ([("", numbers), ("", tickets)], 0),
    ([("id", whole), ("created_at", epochs)], 1), ([("", tickets), ("x", epochs), ("y", whole)], 1),
    ([("latitude", whole), ("eventTime", numbers), ("depth", numbers)], 1),
    ([("Zeit", numbers), ("Wert", whole)], 0),
    ([("mag", whole), ("wait", numbers.map { $0 + " h" })], 1), ([("state", words), ("n", whole)], 1),
    ([("corps", words), ("year", tickets), ("deaths", whole)], 2), ([("", whole), ("", numbers)], 1),
    ([("ticket", Array(tickets.reversed())), ("closed", dates)], 1),
    ([("ticket no.", whole), ("hours", numbers)], 1),
  ]

  @Test(arguments: found) func theColumnIsFound(columns: [(String, [String])], index: Int) throws {
    for delimiter in [",", ";", "\t"] {
      let data = try read(table(columns, delimiter)).get()
      #expect(data.column.index == index && data.column.count == columns.count && data.column.reason != nil)
      #expect(data.heading ?? "" == columns[index].0)
      #expect((data.kind == .times ? data.times.count : data.counts.count) == 6)
    }
  }

  private static let doubtful: [([(String, [String])], String)] = [
    (
      [("id", tickets), ("x", numbers), ("y", numbers)],
      "the times, or the counts, may be in any of the columns 'x', 'y': say which, as in --column x, and --as times or"
    ),
    (
      [("opened", dates), ("started", later)], "the times may be in any of the columns 'opened', 'started': say which"
    ),
    (
      [("", whole), ("", whole.reversed()), ("", words)],
      "may be in any of the columns '1', '2': say which, as in --column 1"
    ),
    (
      [("day", (1...6).map { "2024-05-0\($0)" }), ("calls", whole)],
      "may be in any of the columns 'calls', 'day': say which, as in --column calls, and --as times or --as counts"
    ),
    (
      [("ticket", tickets), ("status", words)],
      "the only numbers are in the column 'ticket', which only numbers its lines (1001, 1002, 1003, …): expected a column"
    ),
    (
      [("date", (1...6).map { "2024-05-0\($0)" }), ("time", (1...6).map { "10:0\($0)" })],
      "the date is in the column 'date' and the time of day in 'time': join them to one"
    ),
  ]

  @Test(arguments: doubtful) func theColumnIsAskedFor(columns: [(String, [String])], message: String) {
    #expect(
      read(table(columns)).message.hasPrefix("file: " + message) || read(table(columns)).message.contains(message))
  }

  /// A column that should have the times, and has none that can be read, is not passed over for another.
  @Test(arguments: [
    (
      "ticket,created,amount\n1,5/1/2024 1:45 PM,7\n2,5/12/2024 2:00 PM,9\n",
      "file:2: '5/1/2024 1:45 PM': the day or the month"
    ),
    (
      "t;v\n1.234,5;1\n2.345,5;4\n",
      "file:2: '1.234,5': expected a number with a point before its decimals and no other"
    ),
    ("time,n\n0x1F,3\n0x2F,4\n", "file:2: '0x1F': expected a number"),
    ("Number,Priority,Opened\nA1,3,13th of 02 2024 at 10:00\nA2,1,14th of 02 2024 at 11:00\n", "file:2: '13th of 02"),
    ("due,opened\n2024-05-01,13-02-24 10:00\n2024-05-02,14-02-24 10:00\n", "file:2: '13-02-24 10:00': the day or"),
    ("score;date\n3;2024-W05-1\n4;2024-W06-2\n", "file:2: '2024-W05-1': expected"),
    ("3,2024-02-30\n4,2024-02-31\n", "there is no such day"),
    (
      "time,updated\n5/1/2024,2024-05-01\n5/2/2024,2024-05-07\n",
      "file:2: '5/1/2024': the day or the month may be first"
    ),
  ]) func whatShouldBeTheTimesIsNotPassedOver(text: String, message: String) {
    #expect(read(text).message.contains(message), "\(read(text).message)")
  }

  /// One date whose day is above 12 tells the order of all.
  @Test(arguments: ["/", "-"]) func datesOfNumbersTellTheirOrder(mark: String) throws {
    func text(_ dates: [String]) -> String {
      "id,Created,amount\n"
        + dates.enumerated().map { "\($0 * $0),\($1.replacing("/", with: mark)),\(7 + $0)" }.joined(separator: "\n")
    }
    let american = try read(text(["5/1/2024 1:45 PM", "5/13/2024 2:00 PM", "6/1/2024 2:00 PM"])).get()
    #expect(american.column.index == 1 && american.reason == "they are dates, the month first")
    #expect(american.times == [0, 1_037_700, 2_679_300])
    let british = try read(text(["1/5/2024 13:45", "13/5/2024 14:00", "1/6/2024 14:00"])).get()
    #expect(british.times == american.times && british.reason == "they are dates, the day first")
    #expect(read(text(["5/13/2024", "13/5/2024", "1/6/2024"])).message.contains("the day or the month may be first"))
    // Far down in the file.
    let late = text((0..<2000).map { "\($0 / 200 + 1)/\($0 / 20 % 10 + 1)/2024" } + ["11/13/2024"])
    #expect(try read(late).get().reason == "they are dates, the month first")
  }

  @Test func delimitersInTitlesAreNone() throws {
    let rows = (0..<30).map { "\(100 + $0),\"bug; no\t\($0)\",2024-05-01 10:\(10 + $0):00,x;y" }
    let data = try read("id,title,created_at,tags\n" + rows.joined(separator: "\n") + "\n").get()
    #expect(data.column.index == 2 && data.column.count == 4 && data.times.count == 30)
    #expect(try read("a;n\n\"x, y\";3\n\"z, y\";2\n\"u, y\";4\n").get().counts == [3, 2, 4])
  }

  @Test func totalsAreNoCounts() {
    #expect(
      read("day,n\nMon,3\nTue,5\nWed,2\nTotal,10\n").message
        == "file:5: '10' is the sum of the lines above it: leave this line out")
    #expect(read("day,n\nMon,3\nTue,5\nWed,2\nThu,10\n").counts == [3, 5, 2, 10])
  }

  @Test func headingsTellCountsFromTimes() throws {
    let data = try read("year,deaths\n1875,3\n1876,5\n1877,7\n1878,19\n").get()
    #expect(data.counts == [3, 5, 7, 19] && data.reason == "their heading says so; for times say as: .times")
    #expect(read("deaths\n3\n5\n5\n7\n").counts == [3, 5, 5, 7] && read("x\n3\n5\n6\n7\n").times == [0, 2, 3, 4])
    #expect(read("lat,lon\n1.5,2.5\n1.2,2.7\n0.9,1.1\n0.7,1\n0.5,2\n").message.contains("columns 'lat', 'lon'"))
  }

  @Test func theUserSaysWhich() throws {
    let text = table([("ticket", Self.tickets), ("created", Self.dates), ("n", Self.whole)])
    #expect(try read(text, column: "ticket").get().times == [0, 1, 2, 3, 4, 5])
    #expect(try read(text, column: "1").get().heading == "ticket")
    #expect(
      read(text, column: "n").counts == [3, 1, 4, 1, 5, 9] && read(text, as: .counts).counts == [3, 1, 4, 1, 5, 9])
    #expect(try read(text, as: .times).get().heading == "created")
    #expect(
      read(text, column: "when").message
        == "file:1: --column when: expected a number from 1 on, or one of 'ticket', 'created', 'n'")
    let daily = table([("day", (1...6).map { "2024-05-0\($0)" }), ("calls", Self.whole)])
    #expect(read(daily, as: .counts).counts == [3, 1, 4, 1, 5, 9] && read(daily, as: .times).times?.last == 432_000)
    // In the words of the library.
    let error = #expect(throws: EventFileError.self) { try read(daily).get() }
    #expect(error?.description.contains("say which, as in column: \"calls\", and as: .times or as: .counts") == true)
  }
}
