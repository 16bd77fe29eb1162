import GodwitKernels
import RealModule

/// The motion from 0 in continuous time whose increments over disjoint times are independent and normal, of the mean μt and the
/// variance σ²t: the limit of random walks, and what the walkers of a `Diffusion` do.
///
/// Karatzas and Shreve 1991, "Brownian Motion and Stochastic Calculus", is the source of what is not said otherwise.
public struct BrownianMotion: Sendable, Hashable {
  /// μ.
  public let drift: Double
  /// σ.
  public let volatility: Double

  /// - Throws: `ParameterError` unless the drift is finite, the volatility positive and finite.
  public init(drift: Double = 0, volatility: Double = 1) throws(ParameterError) {
    try ParameterError.check(drift.isFinite, Self.self, "drift", drift, "a finite number")
    try ParameterError.check(
      volatility > 0 && volatility.isFinite, Self.self, "volatility", volatility, "above 0 and finite")
    (self.drift, self.volatility) = (drift, volatility)
  }

  /// The law of the place at a time: normal, of the mean μt and the variance σ²t.
  ///
  /// - Precondition: the time is above 0.
  public func law(after time: Double) -> Normal {
    guard let law = try? Normal(mean: drift * time, standardDeviation: volatility * time.squareRoot()) else {
      fatalError("BrownianMotion: the time is \(time), expected above 0 and finite")
    }
    return law
  }

  /// The covariance of the places at two times: σ² min(s, t).
  public func covariance(_ s: Double, _ t: Double) -> Double { volatility * volatility * min(s, t) }

  /// The places at the times given, exact whatever their distances.
  ///
  /// - Precondition: the times are finite, not negative, and none is before the one that precedes it.
  public func path(at times: [Double], using generator: inout some RandomNumberGenerator) -> [Double] {
    var (time, place) = (0.0, 0.0)
    return times.map { next in
      require(
        next >= time && next.isFinite,
        "BrownianMotion: the time \(next) follows \(time), expected finite times that do not fall from 0 on")
      place += drift * (next - time) + volatility * (next - time).squareRoot() * generator.standardNormal()
      time = next
      return place
    }
  }
}
