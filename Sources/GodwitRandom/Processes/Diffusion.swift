import GodwitKernels
import RealModule

/// What a walk becomes where its steps are small and many: in d dimensions, from the origin,
///
///     ∂P/∂t = (α/2) ΔP,   P(x, t) = (2παt)^(−d/2) exp(−|x|² / 2αt)
///
/// with the variance α per unit of time along each axis. Steps of a length s at intervals τ, along one of d axes each, have
/// α = s² / dτ. Einstein 1905, "Über die von der molekularkinetischen Theorie der Wärme geforderte Bewegung".
public struct Diffusion: Sendable, Hashable {
  /// d.
  public let dimensions: Int
  /// α, twice the diffusion constant of physics.
  public let varianceRate: Double

  /// - Throws: `ParameterError` unless there is a dimension or more, and the rate is above 0 and finite.
  public init(dimensions: Int = 1, varianceRate: Double = 1) throws(ParameterError) {
    try ParameterError.check(dimensions >= 1, Self.self, "dimensions", dimensions, "1 or more")
    try ParameterError.check(
      varianceRate > 0 && varianceRate.isFinite, Self.self, "varianceRate", varianceRate, "above 0 and finite")
    (self.dimensions, self.varianceRate) = (dimensions, varianceRate)
  }

  /// P(place, time).
  ///
  /// - Precondition: the place has as many coordinates as there are dimensions, the time is above 0.
  public func density(at place: [Double], after time: Double) -> Double {
    require(
      place.count == dimensions,
      "Diffusion: a place of \(place.count) coordinates was given, expected \(dimensions)")
    let variance = variance(after: time)
    let square = place.reduce(0) { $0 + $1 * $1 }
    return .exp(-Double(dimensions) / 2 * .log(2 * .pi * variance) - square / (2 * variance))
  }

  /// The probability of being at most `radius` from the origin: |x|² / αt has a χ² law of d degrees.
  ///
  /// - Precondition: the time is above 0.
  public func probability(within radius: Double, after time: Double) -> Double {
    radius <= 0 ? 0 : incompleteGamma(Double(dimensions) / 2, radius * radius / (2 * variance(after: time))).lower
  }

  /// E |x|² = dαt.
  public func meanSquaredDistance(after time: Double) -> Double { Double(dimensions) * varianceRate * time }

  private func variance(after time: Double) -> Double {
    require(time > 0 && time.isFinite, "Diffusion: the time is \(time), expected above 0 and finite")
    return varianceRate * time
  }
}
