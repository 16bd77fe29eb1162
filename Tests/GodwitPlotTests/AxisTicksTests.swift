import Testing

@testable import GodwitPlot

@Suite struct AxisTicksTests {
  static let linear: [([Double], ClosedRange<Double>, [String])] = [
    ([0.2, 9.7], 0...10, ["0", "2", "4", "6", "8", "10"]),
    ([0, 100], 0...100, ["0", "20", "40", "60", "80", "100"]),
    ([-0.03, 0.061], -0.04...0.08, ["−0.04", "−0.02", "0", "0.02", "0.04", "0.06", "0.08"]),
    ([0, 5000], 0...5000, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
    ([1e9, 2.3e9], 1e9...2.4e9, ["1G", "1.2G", "1.4G", "1.6G", "1.8G", "2G", "2.2G", "2.4G"]),
    ([0, 0.0004], 0...0.0004, ["0", "1×10⁻⁴", "2×10⁻⁴", "3×10⁻⁴", "4×10⁻⁴"]),
    ([3, 3], 2.85...3.15, ["2.85", "2.9", "2.95", "3", "3.05", "3.1", "3.15"]),
    ([], 0...1, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
  ]

  @Test(arguments: linear.indices) func linearAxesEndAtRoundMarks(index: Int) {
    let (values, range, labels) = Self.linear[index]
    let ticks = AxisTicks(ChartAxis("x"), values: values, rounds: true, most: 7)
    #expect(abs(ticks.lower - range.lowerBound) <= 1e-12 * range.upperBound)
    #expect(abs(ticks.upper - range.upperBound) <= 1e-12 * range.upperBound)
    #expect(ticks.labelled.map(\.label) == labels)
  }

  @Test(arguments: [([0.2, 0.9], 0.0...1.0), ([1, 1], 0...1), ([0, 0], 0...1), ([-0.5, 1], -0.5...1)])
  func anAxisBeginsWhereAsked(values: [Double], range: ClosedRange<Double>) {
    let ticks = AxisTicks(ChartAxis("x", start: 0), values: values, rounds: true, most: 7)
    #expect(abs(ticks.lower - range.lowerBound) < 1e-12 && abs(ticks.upper - range.upperBound) < 1e-12)
  }

  static let logarithmic: [([Double], [String])] = [
    ([1e-4, 1], ["0.0001", "0.001", "0.01", "0.1", "1"]),
    ([1e-9, 1e-6], ["10⁻⁹", "10⁻⁸", "10⁻⁷", "10⁻⁶"]),
    ([3, 700], ["5", "10", "20", "50", "100", "200", "500"]),
    ([1024, 65_536], ["1,024", "2,048", "4,096", "8,192", "16,384", "32,768", "65,536"]),
    ([1.9, 3.1], ["2", "2.2", "2.4", "2.6", "2.8", "3"]),
    ([1e-30, 1e30], ["10⁻²⁷", "10⁻¹⁸", "10⁻⁹", "10⁰", "10⁹", "10¹⁸", "10²⁷"]),
  ]

  @Test(arguments: logarithmic.indices) func logarithmicAxesHaveFewMarks(index: Int) {
    let (values, labels) = Self.logarithmic[index]
    let ticks = AxisTicks(ChartAxis("x", scale: .logarithmic), values: values, rounds: true, most: 7)
    #expect(ticks.labelled.map(\.label) == labels)
    #expect(ticks.lower < values[0] && ticks.upper > values[1])
  }

  @Test func anAskedRangeIsKept() {
    let ticks = AxisTicks(ChartAxis("x", range: 0.5...2.25), values: [-7, 100], rounds: true, most: 5)
    #expect(ticks.lower == 0.5 && ticks.upper == 2.25)
    #expect(ticks.labelled.map(\.label) == ["0.5", "1", "1.5", "2"])
  }
}
