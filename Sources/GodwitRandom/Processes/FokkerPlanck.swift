import GodwitKernels
import RealModule

/// The density of a particle that diffuses and drifts on an interval, on a grid:
///
///     ∂P/∂t = (α/2) ∂²P/∂x² − ∂(v P)/∂x
///
/// for the variance α per unit of time and the drift velocity v(x, t).
///
/// Between the middles of cells the flow is that of a constant v, which is exact where the flow is the same along the way
/// (Scharfetter and Gummel 1969, "Large-signal analysis of a silicon Read diode oscillator"): with z = 2vh / α and
/// B(z) = z / (eᶻ − 1) a particle jumps one cell up at the rate α B(−z) / 2h², and down at α B(z) / 2h². So the density on the
/// grid is the law of a random walk, whose jumps come at the times of a Poisson process: no mass is lost, and none is ever below
/// 0. The error falls as h².
public struct FokkerPlanck: Sendable {
  /// What happens to a particle at an end of the interval.
  public enum End: Sendable, Hashable {
    /// It turns back.
    case reflecting
    /// It stays there, and is counted in `absorbed`.
    case absorbing
  }

  /// The drift velocity v at a place and a time.
  public typealias Drift = @Sendable (_ place: Double, _ time: Double) -> Double

  /// Where the particle is.
  public let interval: ClosedRange<Double>
  /// α.
  public let varianceRate: Double
  /// What happens at the ends of the interval.
  public let ends: (lower: End, upper: End)
  /// v.
  public let drift: Drift
  /// How much time has passed.
  public internal(set) var time = 0.0
  /// How much of the mass is in each cell.
  public internal(set) var masses: [Double]
  /// How much of the mass the ends have taken.
  public internal(set) var absorbed = (lower: 0.0, upper: 0.0)

  /// Begins with a density at time 0; its mass need not be 1.
  ///
  /// - Throws: `ParameterError` unless the interval and the rate are finite and above 0, there is a cell or more, and the
  ///   density is finite and nowhere below 0.
  public init(
    on interval: ClosedRange<Double>, cells: Int, varianceRate: Double = 1,
    ends: (lower: End, upper: End) = (.reflecting, .reflecting), density: (Double) -> Double,
    drift: @escaping Drift = { _, _ in 0 }
  ) throws(ParameterError) {
    try self.init(interval, cells, varianceRate, ends, drift)
    for cell in masses.indices {
      let mass = width * GaussLegendre.integral { density(interval.lowerBound + (Double(cell) + $0) * width) }
      try ParameterError.check(mass >= 0 && mass.isFinite, Self.self, "density", mass / width, "0 or more, and finite")
      masses[cell] = mass
    }
  }

  /// Begins at one place at time 0: in the two cells whose middles are nearest, so that the mean is right.
  ///
  /// - Throws: `ParameterError` unless the interval and the rate are finite and above 0, there is a cell or more, and the
  ///   place is in the interval.
  public init(
    on interval: ClosedRange<Double>, cells: Int, varianceRate: Double = 1,
    ends: (lower: End, upper: End) = (.reflecting, .reflecting), start: Double,
    drift: @escaping Drift = { _, _ in 0 }
  ) throws(ParameterError) {
    try self.init(interval, cells, varianceRate, ends, drift)
    try ParameterError.check(interval.contains(start), Self.self, "start", start, "a place in \(interval)")
    let position = min(max((start - interval.lowerBound) / width - 0.5, 0), Double(cells - 1))
    let cell = Int(position)
    let share = position - Double(cell)
    masses[cell] = 1 - share
    if share > 0 { masses[cell + 1] = share }
  }

  private init(
    _ interval: ClosedRange<Double>, _ cells: Int, _ varianceRate: Double, _ ends: (lower: End, upper: End),
    _ drift: @escaping Drift
  ) throws(ParameterError) {
    let length = interval.upperBound - interval.lowerBound
    try ParameterError.check(
      length > 0 && length.isFinite, Self.self, "interval", interval, "finite, and longer than 0")
    try ParameterError.check(cells >= 1, Self.self, "cells", cells, "1 or more")
    try ParameterError.check(
      varianceRate > 0 && varianceRate.isFinite, Self.self, "varianceRate", varianceRate, "above 0 and finite")
    (self.interval, self.varianceRate, self.ends, self.drift) = (interval, varianceRate, ends, drift)
    masses = [Double](repeating: 0, count: cells)
  }

  /// h, the width of a cell.
  public var width: Double { (interval.upperBound - interval.lowerBound) / Double(masses.count) }

  /// The middles of the cells.
  public var places: [Double] { masses.indices.map { interval.lowerBound + (Double($0) + 0.5) * width } }

  /// The mean density of each cell.
  public var density: [Double] { masses.map { $0 / width } }
}
