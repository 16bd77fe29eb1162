import RealModule

/// Events at a rate λ(t) that changes with time, each of them independent of the others: their number in a window has the Poisson
/// law of mean ∫ λ(t) dt.
///
/// Simulated by thinning: of the events of a process of a constant rate, the bound, the one at t is kept with the probability
/// λ(t) / bound. Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson processes by thinning", algorithm 1. Where the
/// integral of the rate is known with its inverse, `TimeChangedPoissonProcess` needs no bound and rejects nothing.
public struct InhomogeneousPoissonProcess: EventProcess {
  /// λ(t), the expected number of events in a time unit.
  public let intensity: @Sendable (_ time: Double) -> Double
  private let candidates: PoissonProcess

  /// What the intensity never exceeds.
  public var bound: Double { candidates.rate }

  /// - Parameters:
  ///   - bound: what the intensity never exceeds in the windows that are asked for; the nearer, the less is rejected.
  /// - Throws: `ParameterError` unless the bound is 0 or more and finite.
  public init(bound: Double, intensity: @escaping @Sendable (_ time: Double) -> Double) throws(ParameterError) {
    try ParameterError.check(bound >= 0 && bound.isFinite, Self.self, "bound", bound, "0 or more and finite")
    candidates = try PoissonProcess(rate: bound)
    self.intensity = intensity
  }

  /// By thinning.
  ///
  /// - Throws: `IntensityError.outsideBound` where the intensity is negative, NaN or above the bound at a time that occurs.
  /// - Complexity: O(bound · length of the window).
  public func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) throws(IntensityError)
    -> [Double]
  {
    var times: [Double] = []
    for time in candidates.times(in: window, using: &generator) {
      let intensity = intensity(time)
      if !(intensity >= 0 && intensity <= bound) {
        throw .outsideBound(time: time, intensity: intensity, bound: bound)
      }
      if generator.openUniform() * bound < intensity { times.append(time) }
    }
    return times
  }
}
