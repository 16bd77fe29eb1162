/// One axis of a chart: what it measures, in which unit, and how values lie along it.
public struct ChartAxis: Sendable, Hashable {
  /// How values lie along an axis.
  public enum Scale: Sendable, Hashable { case linear, logarithmic }

  /// What the axis measures.
  public var title: String
  /// The unit of the values, shown in brackets behind the title; `nil` for a pure number.
  public var unit: String?
  /// How values lie along it.
  public var scale: Scale
  /// The values from end to end; what lies outside is cut. `nil` covers the data.
  public var range: ClosedRange<Double>?
  /// Where an axis without a range begins, unless values lie below: 0 for a probability. `nil` begins at the data.
  public var start: Double?

  /// An axis that covers the data, unless told.
  public init(
    _ title: String, unit: String? = nil, scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    start: Double? = nil
  ) {
    self.title = title
    self.unit = unit
    self.scale = scale
    self.range = range
    self.start = start
  }

  var text: String { unit.map { "\(title) (\($0))" } ?? title }

  /// Whether a value has a place on the axis. The limit leaves room to subtract any two values.
  func shows(_ value: Double) -> Bool {
    guard value.magnitude < 1e300 else { return false }
    return scale == .linear || value > 1e-300
  }
}
