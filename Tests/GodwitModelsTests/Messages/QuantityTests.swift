import GodwitModels
import Testing

@Suite struct QuantityTests {
  @Test(arguments: [
    (0, "0"), (0.0012345, "0.00123"), (0.45678, "0.457"), (4.5678, "4.57"), (45.678, "45.7"), (456.78, "457"),
    (4567.8, "4,570"), (40_999, "41,000"), (999.9, "1,000"), (0.9996, "1.00"), (1.234e9, "1,230,000,000"),
    (-12.34, "-12.3"),
    (.infinity, "inf"), (1e30, "1e+30"), (1e-20, "1e-20"), (-.leastNonzeroMagnitude, "-5e-324"),
  ]) func roundsToThreeDigits(value: Double, text: String) { #expect(Quantity.rounded(value) == text) }

  @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (812_345, "812,345"), (-1_234_567, "-1,234,567")])
  func groupsThousands(value: Int, text: String) { #expect(Quantity.grouped(value) == text) }

  @Test(arguments: [(0, "0 blocks"), (1, "1 block"), (1200, "1,200 blocks")])
  func countsInThePlural(value: Int, text: String) { #expect(Quantity.counted(value, "block") == text) }

  @Test(arguments: [
    (1.886, 2, "1.89"), (-0.004, 2, "0.00"), (2, 3, "2.000"), (1.005, 0, "1"), (-3.25, 1, "-3.3"),
    (9.9e14, 4, "990000000000000.0"),
  ])
  func fixesDigits(value: Double, digits: Int, text: String) { #expect(Quantity.fixed(value, digits: digits) == text) }

  @Test(arguments: [(31, "31.0 "), (999.4, "999 "), (999.6, "1.00 k"), (8.42e10, "84.2 G"), (3e18, "3,000 P")])
  func scalesByThousands(value: Double, text: String) { #expect(Quantity.scaled(value) == text) }

  @Test(arguments: [(640, "640 B"), (2048, "2.00 KiB"), (1_500_000, "1.43 MiB"), (5 << 40, "5.00 TiB")])
  func bytesHaveBinaryUnits(count: Int, text: String) { #expect(Quantity.bytes(count) == text) }

  @Test(arguments: [
    (8.4e-7, "840 ns"), (1.23e-2, "12.3 ms"), (2.5, "2.50 s"), (185, "3 min 05 s"), (7800, "2 h 10 min"),
    (Double.nan, "unknown time"),
  ]) func durationsHaveTheirUnit(seconds: Double, text: String) { #expect(Quantity.duration(seconds: seconds) == text) }
}
