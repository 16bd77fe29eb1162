import Testing

@testable import GodwitEvents

/// Times in any order, and clocks that go back.
@Suite struct EventOrderTests {
  private static let instants = [
    "2024-05-01T10:00:00Z", "2024-05-01T12:30:00+02:00", "2024-05-01T06:45:00-04:00", "2024-05-01T11:00:00Z",
    "2024-05-01T13:10:00+02:00",
  ]
  private static let want = [0, 1800, 2700, 3600, 4200] as [Double]

  @Test func timesWithZonesAreInstants() {
    // As text the second would be last.
    for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [1, 0, 2, 3, 4]] {
      #expect(read(order.map { Self.instants[$0] }.joined(separator: "\n")).times == Self.want)
    }
  }

  @Test(arguments: [1, 1000, 1_000_000, 1_000_000_000]) func timesSince1970AreInstants(scale: Int) throws {
    let times = [1_714_521_600, 1_714_521_700, 1_714_521_700, 1_714_521_950, 1_714_529_000, 1_714_530_000]
    for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 1, 5, 0, 4, 2]] {
      let data = try read(order.map { "\(times[$0] * scale)" }.joined(separator: "\n")).get()
      #expect(data.kind == .times && data.times.map { $0 / Double(scale) } == [0, 100, 100, 350, 7400, 8400])
      #expect(data.epoch?.start == 1_714_521_600 && data.epoch?.unit.length == 1 / Double(scale))
    }
    #expect(try read("1714521600\n1714521500\n", as: .counts).get().kind == .counts)
  }

  @Test func numbersMayGoEitherWay() {
    for text in ["5.5\n3.5\n3\n1", "50\n31\n30\n12\n3", "5 h\n3 h\n0 h"] {
      #expect(try! read(text).get().order == .newestFirst)
    }
    #expect(read("5.5\n3.5\n3\n1").times == [0, 2, 2.5, 4.5])
    // Four counts that fall by chance.
    #expect(read("9\n7\n4\n1").counts == [9, 7, 4, 1])
    #expect(
      read("1.5\n2.5\n2\n3").message.hasPrefix("file:3: '2' is before '2.5' on line 2: expected times that go forward"))
    #expect(
      read("4.5\n2.5\n3\n2\n1.5\n1").message.hasPrefix("file:3: '3' is after '2.5' on line 2 though the newest line"))
    // Gaps go up and down.
    let gaps = read("4.5\n2.5\n3\n2").message
    #expect(gaps.hasPrefix("file:2: '2.5' is before '4.5' on line 1: expected times that go forward throughout"))
    #expect(
      gaps.contains("if these are gaps between events write the sums of the gaps so far") && !gaps.contains("--as"))
    #expect(read("4\n2\n3\n2", as: .times).message.hasSuffix("or if they are numbers of events say --as counts"))
  }

  /// Local times at the end of summer time, in both orders, dense and sparse, with a jump of an hour and of half an hour.
  @Test(arguments: [
    (["2023-10-29 01:30", "2023-10-29 02:10", "2023-10-29 02:58", "2023-10-29 02:01", "2023-10-29 02:40"], 4),
    (["29.10.2023 01:30:59", "29.10.2023 02:58:00", "29.10.2023 02:57:59", "29.10.2023 03:00:00"], 3),
    (["2023/11/05 00:59:00", "2023/11/05 01:59:00", "2023/11/05 01:30:00", "2023/11/05 04:00:00"], 3),
    (["2024-04-07T01:59:59.5", "2024-04-07T01:30:00.0", "2024-04-07T01:45:00.0", "2024-04-07T02:05:00.0"], 2),
  ]) func aClockThatGoesBackIsNamed(lines: [String], line: Int) throws {
    let message = read("when\n" + lines.joined(separator: "\n")).message
    #expect(
      message.hasPrefix(
        "file:\(line + 1): '\(lines[line - 1])' is before '\(lines[line - 2])' on line \(line): a clock"))
    #expect(message.contains("went back") && message.contains("in UTC or with their zones"))
    let reversed = read(Array(lines.reversed()).joined(separator: "\n")).message
    let other = lines.count - line + 2
    #expect(
      reversed.hasPrefix("file:\(other): '\(lines[line - 2])' is after '\(lines[line - 1])' on line"), "\(reversed)")
    #expect(reversed.contains("went back"))
    // With zones there is nothing wrong with them.
    let zoned = lines.enumerated().map { index, text in text + (index + 1 < line ? "+02:00" : "+01:00") }
    #expect(try read(zoned.joined(separator: "\n")).get().order == .forward)
  }

  @Test func localTimesWithoutAnyOrderArePutInOrder() throws {
    let minutes = [40, 10, 30, 20, 50, 0, 15, 5, 45, 25]
    let data = try read(minutes.map { "2024-05-01 10:\($0 < 10 ? "0" : "")\($0)" }.joined(separator: "\n")).get()
    #expect(data.order == .mixed && data.times == minutes.sorted().map { 60 * Double($0) })
    let days = try read("2024-05-03\n2024-05-01\n2024-05-02\n").get()
    #expect(days.order == .mixed && days.times == [0, 86_400, 172_800])
  }

  @Test func zonesThroughoutOrNowhere() {
    let message = read("2024-05-01 10:00Z\n2024-05-01 10:01\n").message
    #expect(message == "file:2: '2024-05-01 10:01': expected a time with a zone, as on line 1")
  }
}
