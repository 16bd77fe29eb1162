import Foundation
import Testing

@testable import GodwitEvents

/// Numbers, lengths and dates as files have them.
@Suite struct EventTimeTests {
  @Test(arguments: [
    ("12", 12, 1), ("12.50", 12.5, 0.01), ("-.5", -0.5, 0.1), ("+5.", 5, 1), ("1e3", 1000, 1000),
    ("2.5E-2", 0.025, 1e-3),
    ("0,25", 0.25, 0.01), ("1714521600.123", 1_714_521_600.123, 1e-3), ("90 s", 90, 1), ("1,5h", 5400, 360),
    ("2 days", 172_800, 86_400), ("250ms", 0.25, 1e-3),
  ]) func numbersAreDecimal(text: String, value: Double, step: Double) throws {
    let time = try #require(EventTime(text))
    #expect(time.value == value && abs(time.step - step) <= 1e-12 * step && time.form != .date)
  }

  @Test(arguments: [
    "0x10", "0X1F", "0x1Ap2", "0b1", "0o7", "nan", "NaN", "inf", "-Infinity", "1e999", "1_000", "1e", "e5", ".", "-",
    "+",
    "1.2.3", "1,2,3", "1,", ",5", "1 000", "1'000", "１２", "٣", "1e5.0", "0x1 h", "5 parsecs", "nan s", "1e308 year",
    "--5", "",
    "½", "1/2",
  ]) func whatIsNoDecimalNumberIsNone(text: String) { #expect(EventTime(text) == nil) }

  @Test(arguments: [
    ("1970-01-01", 0, 86_400), ("2024-05-01 13:45", 1_714_571_100, 60), ("2024-05-01T13:45:10Z", 1_714_571_110, 1),
    ("2024-05-01T13:45:10+02:00", 1_714_563_910, 1), ("2024-05-01 13:45:10 -0330", 1_714_583_710, 1),
    ("2024-05-01T13:45:10 UTC", 1_714_571_110, 1), ("2024/05/01 13:45:10", 1_714_571_110, 1),
    ("01.05.2024 13:45:10", 1_714_571_110, 1), ("1.5.2024 9:45", 1_714_556_700, 60),
    ("01.05.2024", 1_714_521_600, 86_400),
    ("01/May/2024:13:45:10 +0200", 1_714_563_910, 1), ("[01/May/2024:13:45:10 +0200]", 1_714_563_910, 1),
    ("Wed, 01 May 2024 13:45:10 +0200", 1_714_563_910, 1), ("Wed, 1 May 2024 13:45:10 GMT", 1_714_571_110, 1),
    ("01 May 2024 13:45:10", 1_714_571_110, 1), ("01-MAY-2024 13:45:10", 1_714_571_110, 1),
    ("Wed May  1 13:45:10 2024", 1_714_571_110, 1), ("[Wed May 01 13:45:10.250000 2024]", 1_714_571_110.25, 1e-6),
    ("2024-05-01 1:45:10 PM", 1_714_571_110, 1), ("01.05.2024 12:00 am", 1_714_521_600, 60),
    ("20240501T134510Z", 1_714_571_110, 1), ("20240501T134510.25+02", 1_714_563_910.25, 1e-2),
    ("2024-05-01 13:45:10,250", 1_714_571_110.25, 1e-3), ("1969-12-31T23:59:59Z", -1, 1),
    ("2016-12-31T23:59:60Z", 1_483_228_800, 1), ("May 1, 2024 1:45:10 PM", 1_714_571_110, 1),
    ("january 02, 1970, 0:00", 86_400, 60), ("01/May/24 01:45 PM", 1_714_571_100, 60), ("2-Jan-70", 86_400, 86_400),
    ("1 September 2024 13:45", 1_725_198_300, 60),
  ]) func datesOfManyProgramsAreRead(text: String, seconds: Double, step: Double) throws {
    let time = try #require(EventTime(text))
    #expect(time.form == .date && time.value == seconds && abs(time.step - step) <= 1e-9 * step)
    let hasZone = text.contains("+") || text.contains("-03") || text.hasSuffix("Z") || text.contains("UTC")
    #expect(time.hasZone == (hasZone || text.contains("GMT")))
  }

  @Test(arguments: [
    "2024-02-30", "2023-02-29", "2024-13-01", "2024-05-32", "31.04.2024", "31/Apr/2024:00:00:00 +0000", "05/01/2024",
    "1/5/2024 13:45", "2024-05-01 25:00", "2024-05-01 12:60", "2024-05-01 12:00 CET", "2024-05-01T",
    "2024-05-01 12:00:00.",
    "2024-05-01+02:00", "2024-05-01Z", "2024-05-01 12:00 +02:00 x", "2024-05-01 13:00 PM", "2024-05-01 0:10 AM",
    "20240501T1345", "20240501T246000", "01/Mai/2024:13:45:10 +0200", "May 1 13:45:10",
    "Wed May  1 13:45:10", "May 32, 2024", "May 1 2024", "Mayo 1, 2024", "1/May/024", "1 May 24", "2024-05/01",
    "[2024-05-01", "20240501", "2024-5-1",
  ]) func whatIsNoDateIsNone(text: String) {
    if text != "20240501" { #expect(EventTime(text) == nil) } else { #expect(EventTime(text)?.form == .number) }
  }

  @Test func numbersThatAreDatesAreRefused() {
    for text in ["20240430\n20240501\n20240502\n", "202404302359\n202405010000\n", "20240430235959\n20240501000000\n"] {
      #expect(read(text).message.contains("the numbers are as dates without marks (20240430"))
      #expect(read(text, as: .counts).counts != nil && read(text, as: .times).times != nil)
    }
    #expect(read("20240430\n20240431\n20240502\n").times?.count == 3)
  }

  /// Foundation agrees on instants and prints of ours what it would of its own.
  @Test func datesAreThoseOfFoundation() throws {
    var state: UInt64 = 3
    for _ in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let seconds = Double(Int64(state >> 28) % 20_000_000_000 - 11_000_000_000)
      let text = Date(timeIntervalSince1970: seconds).formatted(.iso8601)
      let time = try #require(EventTime(text), "\(text)")
      #expect(time.value == seconds && time.hasZone, "\(text)")
      #expect(EventDate.text(seconds: seconds) == text.replacing("T", with: " ").replacing("Z", with: " UTC"))
    }
  }

  @Test func timesSince1970AreKnownByTheirSize() {
    for (unit, scale) in zip(EpochUnit.allCases, [1, 1e3, 1e6, 1e9]) {
      #expect(EpochUnit(1.7e9 * scale, 1.8e9 * scale) == unit && unit.length * scale == 1)
    }
    for (least, greatest) in [(0, 1.7e9), (1.7e9, 1.7e12), (1e5, 2e5), (5e9, 6e9), (-1.7e9, 1.7e9)] {
      #expect(EpochUnit(least, greatest) == nil)
    }
  }
}
