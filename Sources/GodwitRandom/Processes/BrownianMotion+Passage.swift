import GodwitKernels
import RealModule

extension BrownianMotion {
  /// The density of the time at which the motion is at `level` for the first time: |a| / (σ √(2πt³)) exp(−(a − μt)² / 2σ²t).
  ///
  /// Without drift it is the law of Lévy 1940 ("Sur certains processus stochastiques homogènes"), with a drift to the level the
  /// inverse Gaussian law (Schrödinger 1915, "Zur Theorie der Fall- und Steigversuche an Teilchen mit Brownscher Bewegung"); with
  /// a drift away its integral is `probabilityOfReaching(_:)`.
  ///
  /// - Precondition: the level is not 0.
  public func firstPassageDensity(to level: Double, at time: Double) -> Double {
    require(level != 0, "firstPassageDensity: the level is 0, where the motion begins")
    if !(time > 0) { return 0 }
    return abs(level) / time * law(after: time).density(at: level)
  }

  /// The probability of being at `level` at least once until a time: Φ((μt − a) / σ√t) + exp(2μa / σ²) Φ((−a − μt) / σ√t) for a
  /// level a above 0, by reflection.
  public func probabilityOfReaching(_ level: Double, within time: Double) -> Double {
    if level == 0 { return 1 }
    if !(time > 0) { return 0 }
    if time == .infinity { return probabilityOfReaching(level) }
    let (distance, drift) = (abs(level), level > 0 ? drift : -drift)
    let deviation = volatility * time.squareRoot()
    let beyond = normalTails((drift * time - distance) / deviation).lower
    // Through logarithms: the factor may overflow where the probability underflows.
    let reflected = normalTails(-(distance + drift * time) / deviation).logLower
    return min(beyond + .exp(reflected + 2 * drift * distance / (volatility * volatility)), 1)
  }

  /// The probability of ever being at `level`: 1 unless the drift leads away, else exp(−2 |μ a| / σ²).
  public func probabilityOfReaching(_ level: Double) -> Double {
    level * drift >= 0 ? 1 : .exp(2 * level * drift / (volatility * volatility))
  }

  /// P(M ≥ level) for the maximum M of the places until a time; 2 P(X ≥ level) without drift.
  public func maximum(atLeast level: Double, within time: Double) -> Double {
    level <= 0 ? 1 : probabilityOfReaching(level, within: time)
  }
}
