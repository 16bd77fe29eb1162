import Foundation
import GodwitRandom
import Testing

@testable import GodwitPlot

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct LineChartTests {
  static let chart = LineChart(
    title: "Loss of \"a\" & <b>", x: ChartAxis("step"), y: ChartAxis("loss", unit: "bits per byte"),
    series: [
      LineChart.Series("training", x: [0, 1, 2, 3, 4, 5], y: [8, 5, .nan, 3, 2.5, 2.25]),
      LineChart.Series("validation", x: [0, 2, 4], y: [8, 4, 3], style: .lineAndPoints),
      LineChart.Series("floor", x: [0, 5], y: [2, 2], style: .points),
    ], command: "godwit train 'a & b' --seed 1")

  @Test func theBytesAreTheGoldenOnes() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/LineChart.svg")
    #expect(Self.chart.svg == (try String(contentsOf: url, encoding: .utf8)))
  }

  /// What an XML parser finds in a document.
  final class Document: NSObject, XMLParserDelegate {
    var texts: [String: [String]] = [:]
    var paths: [(kind: String, data: String)] = []
    var circles = 0
    private var open: [String] = []

    init(_ svg: String) throws {
      super.init()
      let parser = XMLParser(data: Data(svg.utf8))
      parser.delegate = self
      try #require(parser.parse(), "\(String(describing: parser.parserError))")
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      open.append(name)
      texts[name, default: []].append("")
      if name == "path" { paths.append((attributes["class"] ?? "", attributes["d"] ?? "")) }
      if name == "circle" { circles += 1 }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      guard let name = open.last, let count = texts[name]?.count else { return }
      texts[name]?[count - 1] += string
    }
  }

  @Test func textsAndCommandAreInTheDocument() throws {
    let document = try Document(Self.chart.svg)
    #expect(document.texts["title"] == [Self.chart.title])
    #expect(document.texts["metadata"] == [Self.chart.command])
    for text in ["step", "loss (bits per byte)", "training", "validation", "floor", Self.chart.title] {
      #expect(document.texts["text"]?.contains(text) == true)
    }
    #expect(document.texts["style"]?.first?.contains("prefers-color-scheme:dark") == true)
  }

  @Test func pointsWithoutAPlaceBreakTheLine() throws {
    let document = try Document(Self.chart.svg)
    let training = try #require(document.paths.first { $0.kind == "line c0" })
    #expect(training.data.count { $0 == "M" } == 2)
    #expect(training.data.count { $0 == "L" } == 3)
    // Three of the validation, two of the floor, one each in their legend.
    #expect(document.circles == 7)
    var lonely = Self.chart
    lonely.series = [LineChart.Series("one", x: [0, 1, 2], y: [.infinity, 3, .nan])]
    #expect(try Document(lonely.svg).circles == 1)
  }

  @Test func nothingToShowIsSaid() throws {
    let chart = LineChart(
      title: "", x: ChartAxis("x", scale: .logarithmic), y: ChartAxis("y"),
      series: [LineChart.Series("none", x: [0, -1], y: [1, 2])], command: "")
    #expect(try Document(chart.svg).texts["text"]?.contains("no points to show") == true)
  }

  @Test func hostileTextStaysText() throws {
    var chart = Self.chart
    chart.title = "</title><script>\u{0}\u{7}\u{FFFF} ]]> &amp; é😀"
    chart.series[0].name = String(repeating: "<&", count: 100)
    chart.command = "--> <!-- \u{1B}[0m"
    let document = try Document(chart.svg)
    #expect(document.texts["script"] == nil)
    #expect(document.texts["title"] == ["</title><script>\u{FFFD}\u{FFFD}\u{FFFD} ]]> &amp; é😀"])
  }

  @Test func aLongCurveIsThinnedToItsEnvelope() throws {
    let x = (0..<100_000).map(Double.init)
    var chart = Self.chart
    var y = x.map { sin($0) }
    y[31_234] = 9.5
    chart.series = [LineChart.Series("long", x: x, y: y)]
    let svg = chart.svg
    #expect(svg.utf8.count < 150_000)
    let peak = try #require(try Document(svg).paths.first { $0.kind == "line c0 dense" })
    let heights = peak.data.split { "ML".contains($0) }.compactMap { Double($0.split(separator: " ")[1]) }
    let sorted = heights.sorted()
    #expect(sorted[0] < sorted[1] - 50)
  }

  /// Whatever the values, there is a well-formed picture whose coordinates are numbers.
  @Test func anyValuesGiveAPicture() throws {
    var generator = Philox(seed: 4)
    let special: [Double] = [
      0, -0.0, .nan, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
      1e300,
      -1e299, 1e-300, 1, 2, 1024,
    ]
    for round in 0..<400 {
      func value() -> Double {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: special.randomElement(using: &generator) ?? 0
        case 1: Double(bitPattern: .random(in: 0 ... .max, using: &generator))
        case 2: 1e15 + .random(in: 0...1, using: &generator)
        default: .random(in: -1...1, using: &generator)
        }
      }
      func axis() -> ChartAxis {
        let bounds = [value(), value()].filter { !$0.isNaN }.sorted()
        let range = round % 3 == 0 && bounds.count == 2 ? bounds[0]...bounds[1] : nil
        return ChartAxis("x", scale: Bool.random(using: &generator) ? .linear : .logarithmic, range: range)
      }
      let points = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in SIMD2(value(), value()) }
      let chart = LineChart(
        title: "t", x: axis(), y: axis(), series: [LineChart.Series("s", points: points, style: .lineAndPoints)],
        command: "c", size: SIMD2(.random(in: -5...900, using: &generator), .random(in: -5...900, using: &generator)))
      let svg = chart.svg
      #expect(!svg.contains("nan") && !svg.contains("inf"), "\(chart)")
      if round % 10 == 0 { _ = try Document(svg) }
    }
  }
}
