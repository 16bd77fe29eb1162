import GodwitKernels
import RealModule

/// Brownian motion of which the places at two times are known: between them normal about the straight line.
///
/// The drift does not matter. Karatzas and Shreve 1991, "Brownian Motion and Stochastic Calculus", section 5.6.B.
public struct BrownianBridge: Sendable, Hashable {
  /// The time and the place at an end.
  public struct Pin: Sendable, Hashable {
    public let time: Double
    public let place: Double

    /// What is known: the place at a time.
    public init(time: Double, place: Double) { (self.time, self.place) = (time, place) }
  }

  /// The first of the two known places.
  public let start: Pin
  /// The second, which is later.
  public let end: Pin
  /// σ.
  public let volatility: Double

  /// - Throws: `ParameterError` unless the pins are finite, the second is later, the volatility positive and finite.
  public init(
    from start: Pin = Pin(time: 0, place: 0), to end: Pin = Pin(time: 1, place: 0), volatility: Double = 1
  ) throws(ParameterError) {
    for (name, place) in [("start", start.place), ("end", end.place)] {
      try ParameterError.check(place.isFinite, Self.self, name, place, "a finite place")
    }
    try ParameterError.check(start.time.isFinite, Self.self, "start", start.time, "a finite time")
    try ParameterError.check(
      end.time > start.time && end.time.isFinite, Self.self, "end", end.time, "a finite time after \(start.time)")
    try ParameterError.check(
      volatility > 0 && volatility.isFinite, Self.self, "volatility", volatility, "above 0 and finite")
    (self.start, self.end, self.volatility) = (start, end, volatility)
  }

  private func requireBetween(_ time: Double) {
    require(
      time >= start.time && time <= end.time,
      "BrownianBridge: the time \(time) is not from \(start.time) to \(end.time)")
  }

  /// The mean of the place at a time, on the straight line between the pins.
  ///
  /// - Precondition: the time is not outside the pins'.
  public func mean(at time: Double) -> Double {
    requireBetween(time)
    let share = (time - start.time) / (end.time - start.time)
    return (1 - share) * start.place + share * end.place
  }

  /// The covariance of the places at two times: σ² (s − t₀)(t₁ − t) / (t₁ − t₀) for s ≤ t.
  ///
  /// - Precondition: the times are not outside the pins'.
  public func covariance(_ s: Double, _ t: Double) -> Double {
    requireBetween(s)
    requireBetween(t)
    return volatility * volatility * (min(s, t) - start.time) * ((end.time - max(s, t)) / (end.time - start.time))
  }

  /// The places at the times given, exact whatever their distances: each is that of the bridge from the place before it.
  ///
  /// - Precondition: the times are not outside the pins', and none is before the one that precedes it.
  public func path(at times: [Double], using generator: inout some RandomNumberGenerator) -> [Double] {
    var last = start
    return times.map { time in
      requireBetween(time)
      require(time >= last.time, "BrownianBridge: the time \(time) follows \(last.time)")
      let rest = end.time - last.time
      let share = rest == 0 ? 1 : (time - last.time) / rest
      let deviation = volatility * ((time - last.time) * (1 - share)).squareRoot()
      let place = (1 - share) * last.place + share * end.place + deviation * generator.standardNormal()
      last = Pin(time: time, place: place)
      return place
    }
  }

  /// The places at 2ⁿ + 1 equally distant times, the pins' among them, for n `refinements`: in each the middles are drawn between
  /// neighbours that are kept, of the variance σ² h / 4 at the distance h in time.
  ///
  /// One more refinement from the same state of a generator adds places between the same ones (Lévy 1948, "Processus
  /// stochastiques et mouvement brownien"; Ciesielski 1961).
  ///
  /// - Precondition: the number of refinements is from 0 to 40.
  public func path(refinements: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
    require(
      refinements >= 0 && refinements <= 40,
      "BrownianBridge: the number of refinements is \(refinements), expected 0 to 40")
    let count = 1 << refinements
    var places = [Double](repeating: 0, count: count + 1)
    (places[0], places[count]) = (start.place, end.place)
    var distance = count
    while distance > 1 {
      let deviation = 0.5 * volatility * ((end.time - start.time) * (Double(distance) / Double(count))).squareRoot()
      for index in stride(from: 0, to: count, by: distance) {
        let middle = 0.5 * (places[index] + places[index + distance])
        places[index + distance / 2] = middle + deviation * generator.standardNormal()
      }
      distance /= 2
    }
    return places
  }
}
