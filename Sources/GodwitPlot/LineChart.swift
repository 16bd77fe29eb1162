/// Curves and points over two axes, drawn as SVG that is readable on a light and on a dark page.
///
/// Points that are not finite, or not positive on a logarithmic axis, are left out and break their line. The same chart
/// always gives the same bytes.
public struct LineChart: Sendable, Hashable {
  /// One named curve.
  public struct Series: Sendable, Hashable {
    /// How a series is drawn.
    public enum Style: Sendable, Hashable { case line, points, lineAndPoints }

    /// The name in the legend.
    public var name: String
    /// The coordinates, in the order in which the line goes through them.
    public var points: [SIMD2<Double>]
    /// How it is drawn.
    public var style: Style

    /// A series from points.
    public init(_ name: String, points: [SIMD2<Double>], style: Style = .line) {
      self.name = name
      self.points = points
      self.style = style
    }

    /// A series from pairs of coordinates; what is longer of the two is cut.
    public init(_ name: String, x: [Double], y: [Double], style: Style = .line) {
      self.init(name, points: zip(x, y).map { SIMD2($0, $1) }, style: style)
    }
  }

  /// What stands above the picture; nothing if empty.
  public var title: String
  /// The axis from left to right.
  public var x: ChartAxis
  /// The axis from bottom to top.
  public var y: ChartAxis
  /// The curves, in the order of the legend.
  public var series: [Series]
  /// The command that makes this picture again; it stands in the picture's metadata.
  public var command: String
  /// The size of the picture in CSS pixels, at least 240 by 160.
  public var size: SIMD2<Int>

  /// A chart of some series.
  public init(
    title: String, x: ChartAxis, y: ChartAxis, series: [Series] = [], command: String, size: SIMD2<Int> = [760, 440]
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.command = command
    self.size = size
  }
}
