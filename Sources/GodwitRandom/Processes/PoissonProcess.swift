import GodwitKernels
import RealModule

/// Events at a constant rate, each of them independent of the others.
///
/// In a time t their number has the Poisson law of mean λt, independent of what happens at any other time; the gaps between
/// them are exponential of rate λ, and the k-th comes after a time with the Erlang law of shape k. Kingman 1993, "Poisson
/// Processes", chapters 2 and 4, is the source of what is not said otherwise.
public struct PoissonProcess: EventProcess, Hashable {
  /// λ, the expected number of events in a time unit.
  public let rate: Double

  /// - Throws: `ParameterError` unless the rate is 0 or more and finite.
  public init(rate: Double) throws(ParameterError) {
    try ParameterError.check(rate >= 0 && rate.isFinite, Self.self, "rate", rate, "0 or more and finite")
    // -0 passes the check, and 1 / -0 is below all numbers.
    self.rate = rate + 0
  }

  /// The law of the number of events of a window.
  ///
  /// - Throws: `ParameterError` where more than 10¹⁵ are expected.
  /// - Precondition: the window is finite.
  public func count(in window: Range<Double>) throws(ParameterError) -> Poisson {
    try Poisson(rate: rate * window.windowLength)
  }

  /// By exponential gaps.
  public func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) -> [Double] {
    let length = window.windowLength
    var times: [Double] = []
    // From the beginning of the window, where the gaps keep their digits however late it is.
    var distance = 0.0
    while true {
      distance -= .log(generator.openUniform()) / rate
      if !(distance < length) { return times }
      times.append(window.time(at: distance))
    }
  }

  /// The times of events of which only the number is known: whatever the rate, they are independent and uniform.
  ///
  /// - Precondition: the count is not negative; the window is finite, and not empty where there are events.
  /// - Complexity: O(n log n).
  public func times(
    of count: Int, in window: Range<Double>, using generator: inout some RandomNumberGenerator
  ) -> [Double] {
    let length = window.windowLength
    require(
      count == 0 || (count > 0 && length > 0), "times: \(count) events were asked for in a window of length \(length)")
    return (0..<count).map { _ in window.time(at: generator.openUniform() * length) }.sorted()
  }

  /// The process of which each event is kept with a probability, independent of the others: Poisson again, of the rate λp.
  ///
  /// - Throws: `ParameterError` unless the probability is from 0 to 1.
  public func thinned(keeping probability: Double) throws(ParameterError) -> PoissonProcess {
    try ParameterError.check(
      probability >= 0 && probability <= 1, Self.self, "probability of keeping", probability, "0 to 1")
    return try PoissonProcess(rate: rate * probability)
  }

  /// The events of this process and of an independent one: Poisson again, of the sum of the rates.
  ///
  /// - Throws: `ParameterError` where that sum is not finite.
  public func superposed(with other: PoissonProcess) throws(ParameterError) -> PoissonProcess {
    try PoissonProcess(rate: rate + other.rate)
  }
}
