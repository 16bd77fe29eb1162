import GodwitKernels

/// Events that come at times, one after the other.
public protocol EventProcess: Sendable {
  /// The times of the events of a window, ascending, all of them in it.
  ///
  /// - Throws: `IntensityError` where a function that describes the process contradicts itself.
  /// - Precondition: the window is finite.
  /// - Complexity: O(events); those of a whole window must fit into memory.
  func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) throws(IntensityError)
    -> [Double]
}

/// An event with something that is known of it beside its time.
public struct MarkedEvent<Mark: Sendable>: Sendable {
  public let time: Double
  public let mark: Mark

  public init(time: Double, mark: Mark) { (self.time, self.mark) = (time, mark) }
}

extension MarkedEvent: Equatable where Mark: Equatable {}
extension MarkedEvent: Hashable where Mark: Hashable {}

extension Range<Double> {
  /// The length of a window; traps where it is not finite.
  var windowLength: Double {
    let length = upperBound - lowerBound
    require(length.isFinite, "times: the window is \(self), expected finite ends and something finite between them")
    return length
  }

  /// The time at a distance from the beginning of a window, of which rounding must not lead out.
  func time(at distance: Double) -> Double {
    Swift.min(Swift.max(lowerBound + distance, lowerBound), upperBound.nextDown)
  }
}
