#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// y = c xᵖ through measured points, by least squares of log y on log x.
public struct PowerLaw: Sendable, Hashable {
  /// p.
  public let exponent: Double
  /// log c.
  private let logFactor: Double
  /// The standard error of p, of what the points leave over; nil where two points leave nothing.
  public let standardError: Double?

  /// The power law through points with positive coordinates; nil if there are not two different x.
  public init?(_ points: [(x: Double, y: Double)]) {
    let points = points.filter { $0.x > 0 && $0.y > 0 }.map { (x: log($0.x), y: log($0.y)) }
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    let squares = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    guard squares > 1e-12 else { return nil }
    let slope = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / squares
    exponent = slope
    logFactor = meanY - slope * meanX
    let rest = points.reduce(0.0) {
      let difference = $1.y - meanY - slope * ($1.x - meanX)
      return $0 + difference * difference
    }
    standardError = count > 2 ? (rest / (count - 2) / squares).squareRoot() : nil
  }

  /// y at x.
  func callAsFunction(_ x: Double) -> Double { exp(logFactor + exponent * log(x)) }
}
