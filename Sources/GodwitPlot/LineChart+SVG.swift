extension LineChart {
  /// The picture as an SVG document.
  ///
  /// - Complexity: O(points); a curve of more than 2,000 points is thinned to what can be seen.
  public var svg: String {
    let drawing = Drawing(self)
    let name = escaped(title)
    let (width, height) = (drawing.width, drawing.height)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(coordinate(width))\" height=\"\(coordinate(height))\" "
        + "viewBox=\"0 0 \(coordinate(width)) \(coordinate(height))\" role=\"img\" aria-label=\"\(name)\">",
      "<title>\(name)</title>",
      "<metadata>\(escaped(command))</metadata>",
      "<style>\(ChartStyle.sheet)</style>",
      "<rect class=\"page\" width=\"100%\" height=\"100%\"/>",
    ]
    lines += drawing.axes() + drawing.curves() + drawing.legend()
    lines.append("</svg>\n")
    return lines.joined(separator: "\n")
  }
}

/// The places of everything in a chart.
private struct Drawing {
  let chart: LineChart
  let width, height: Double
  let xTicks, yTicks: AxisTicks
  var left, right, top, bottom: Double  // the frame's edges
  var legendEntries: [(series: Int, name: String, x: Double, y: Double)] = []

  init(_ chart: LineChart) {
    self.chart = chart
    width = Double(min(max(chart.size.x, 240), 10_000))
    height = Double(min(max(chart.size.y, 160), 10_000))
    let shown = chart.series.flatMap(\.points).filter { chart.x.shows($0.x) && chart.y.shows($0.y) }
    let hasPoints = chart.series.contains { $0.style != .line }
    xTicks = AxisTicks(chart.x, values: shown.map(\.x), rounds: hasPoints, most: max(Int(width / 95), 2))
    yTicks = AxisTicks(chart.y, values: shown.map(\.y), rounds: true, most: max(Int(height / 60), 2))
    let widest = yTicks.labelled.map { GodwitPlot.width(of: $0.label, fontSize: 12) }.max() ?? 0
    left = (widest + 46).rounded()
    let last = xTicks.labelled.last.map { GodwitPlot.width(of: $0.label, fontSize: 12) } ?? 0
    right = width - max(last / 2 + 8, 24).rounded()
    bottom = height - 54
    top = chart.title.isEmpty ? 20 : 44
    layOutLegend()
  }

  /// Names beside each other above the frame, in as many rows as they need.
  private mutating func layOutLegend() {
    guard !chart.series.isEmpty else { return }
    var x = left
    for (index, series) in chart.series.enumerated() {
      let name = series.name.count > 60 ? series.name.prefix(59) + "…" : series.name[...]
      let length = 32 + GodwitPlot.width(of: String(name), fontSize: 13)
      if x > left, x + length > right {
        x = left
        top += 20
      }
      legendEntries.append((index, String(name), x, top + 6))
      x += length + 22
    }
    top = min(top + 26, bottom - 40)
  }

  private func pixel(_ point: SIMD2<Double>) -> SIMD2<Double>? {
    guard chart.x.shows(point.x), chart.y.shows(point.y) else { return nil }
    return SIMD2(xPixel(point.x), yPixel(point.y))
  }

  private func xPixel(_ value: Double) -> Double { left + (right - left) * xTicks.place(of: value, chart.x.scale) }
  private func yPixel(_ value: Double) -> Double { bottom - (bottom - top) * yTicks.place(of: value, chart.y.scale) }

  func axes() -> [String] {
    var lines: [String] = []
    let vertical = { (kind: String, x: Double) in
      "<path class=\"\(kind)\" d=\"M\(coordinate(x)) \(coordinate(top))V\(coordinate(bottom))\"/>"
    }
    let horizontal = { (kind: String, y: Double) in
      "<path class=\"\(kind)\" d=\"M\(coordinate(left)) \(coordinate(y))H\(coordinate(right))\"/>"
    }
    lines += xTicks.minor.map { vertical("minor", xPixel($0)) }
    lines += yTicks.minor.map { horizontal("minor", yPixel($0)) }
    lines += xTicks.labelled.map { vertical("grid", xPixel($0.value)) }
    lines += yTicks.labelled.map { horizontal("grid", yPixel($0.value)) }
    lines.append(
      "<path class=\"frame\" d=\"M\(coordinate(left)) \(coordinate(top))V\(coordinate(bottom))H\(coordinate(right))\"/>"
    )
    lines += xTicks.labelled.map { text($0.label, xPixel($0.value), bottom + 18, anchor: "middle") }
    lines += yTicks.labelled.map { text($0.label, left - 8, yPixel($0.value) + 4, anchor: "end") }
    lines.append(text(chart.x.text, (left + right) / 2, height - 14, kind: "axis", anchor: "middle"))
    let middle = (top + bottom) / 2
    lines.append(
      "<text class=\"axis\" text-anchor=\"middle\" transform=\"translate(18 \(coordinate(middle))) rotate(-90)\">"
        + escaped(chart.y.text) + "</text>")
    if !chart.title.isEmpty { lines.append(text(chart.title, left, 28, kind: "title")) }
    return lines
  }

  func curves() -> [String] {
    let curves = chart.series.map { Curve($0.points, place: pixel) }
    guard curves.contains(where: { !$0.runs.isEmpty }) else {
      return [text("no points to show", (left + right) / 2, (top + bottom) / 2, kind: "axis", anchor: "middle")]
    }
    let cuts = chart.x.range != nil || chart.y.range != nil
    var lines: [String] = []
    if cuts {
      lines.append(
        "<clipPath id=\"frame\"><rect x=\"\(coordinate(left))\" y=\"\(coordinate(top))\" "
          + "width=\"\(coordinate(right - left))\" height=\"\(coordinate(bottom - top))\"/></clipPath>")
      lines.append("<g clip-path=\"url(#frame)\">")
    }
    for (index, var curve) in curves.enumerated() {
      let style = chart.series[index].style
      let isDense = curve.thin()
      if style != .points, !curve.path.isEmpty {
        let kind = ChartStyle.lineClass(index) + (isDense ? " dense" : "")
        lines.append("<path class=\"\(kind)\" d=\"\(curve.path)\"/>")
      }
      // A point between two gaps would not be seen in a line.
      for run in curve.runs where style != .line || run.count == 1 {
        lines += run.map {
          "<circle class=\"point \(ChartStyle.colour(index))\" cx=\"\(coordinate($0.x))\" "
            + "cy=\"\(coordinate($0.y))\" r=\"3.5\"/>"
        }
      }
    }
    if cuts { lines.append("</g>") }
    return lines
  }

  func legend() -> [String] {
    legendEntries.flatMap { entry in
      var lines: [String] = []
      let style = chart.series[entry.series].style
      let y = entry.y - 4.5
      if style != .points {
        lines.append(
          "<path class=\"\(ChartStyle.lineClass(entry.series))\" d=\"M\(coordinate(entry.x + 1)) \(coordinate(y))h22\"/>"
        )
      }
      if style != .line {
        lines.append(
          "<circle class=\"point \(ChartStyle.colour(entry.series))\" cx=\"\(coordinate(entry.x + 12))\" "
            + "cy=\"\(coordinate(y))\" r=\"3.5\"/>")
      }
      return lines + [text(entry.name, entry.x + 30, entry.y, kind: "name")]
    }
  }

  private func text(_ text: String, _ x: Double, _ y: Double, kind: String? = nil, anchor: String? = nil) -> String {
    "<text" + (kind.map { " class=\"\($0)\"" } ?? "") + (anchor.map { " text-anchor=\"\($0)\"" } ?? "")
      + " x=\"\(coordinate(x))\" y=\"\(coordinate(y))\">\(escaped(text))</text>"
  }
}
