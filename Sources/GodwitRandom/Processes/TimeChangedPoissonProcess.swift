import GodwitKernels
import RealModule

/// Events at a rate that changes with time, given by its integral Λ(t) = ∫ λ and the inverse of that.
///
/// Λ of the times of the events are those of a process of rate 1 (Çinlar 1975, "Introduction to Stochastic Processes", chapter
/// 4.7), so that the inverse of such times are the events.
public struct TimeChangedPoissonProcess: EventProcess {
  /// Λ(t), the expected number of events up to t, from any beginning.
  public let cumulatedIntensity: @Sendable (_ time: Double) -> Double
  /// The time up to which so many events are expected.
  public let inverse: @Sendable (_ cumulated: Double) -> Double

  public init(
    cumulatedIntensity: @escaping @Sendable (_ time: Double) -> Double,
    inverse: @escaping @Sendable (_ cumulated: Double) -> Double
  ) {
    (self.cumulatedIntensity, self.inverse) = (cumulatedIntensity, inverse)
  }

  /// The expected number of events of a window.
  ///
  /// - Throws: `IntensityError.notAscending` where it is negative or not finite.
  /// - Precondition: the window is finite.
  public func mean(in window: Range<Double>) throws(IntensityError) -> Double {
    _ = window.windowLength
    let (lower, upper) = (cumulatedIntensity(window.lowerBound), cumulatedIntensity(window.upperBound))
    if !(upper >= lower && (upper - lower).isFinite) {
      throw .notAscending(lower: lower, upper: upper, window: window)
    }
    return upper - lower
  }

  /// By the inverse of times at rate 1.
  ///
  /// - Throws: `IntensityError` where Λ falls, or the inverse leads to a time where it differs by a millionth of the mean.
  public func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) throws(IntensityError)
    -> [Double]
  {
    let mean = try mean(in: window)
    let start = cumulatedIntensity(window.lowerBound)
    var times: [Double] = []
    var distance = 0.0
    while true {
      distance -= .log(generator.openUniform())
      if !(distance < mean) { return times }
      let cumulated = start + distance
      let time = inverse(cumulated)
      let found = cumulatedIntensity(time)
      if !(abs(found - cumulated) <= 1e-6 * mean) {
        throw .notInverse(cumulated: cumulated, time: time, found: found)
      }
      times.append(max(window.time(at: time - window.lowerBound), times.last ?? window.lowerBound))
    }
  }
}
