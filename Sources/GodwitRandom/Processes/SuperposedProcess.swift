/// The events of several independent processes together: Poisson, at the sum of the rates, where each of them is Poisson.
public struct SuperposedProcess: EventProcess {
  public let parts: [any EventProcess]

  public init(_ parts: [any EventProcess]) { self.parts = parts }

  /// The events of a window in the order of their times, marked with the number of the part that they come from.
  public func events(
    in window: Range<Double>, using generator: inout some RandomNumberGenerator
  ) throws(IntensityError) -> [MarkedEvent<Int>] {
    var events: [MarkedEvent<Int>] = []
    for (index, part) in parts.enumerated() {
      for time in try part.times(in: window, using: &generator) {
        events.append(MarkedEvent(time: time, mark: index))
      }
    }
    return events.sorted { ($0.time, $0.mark) < ($1.time, $1.mark) }
  }

  public func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) throws(IntensityError)
    -> [Double]
  {
    try events(in: window, using: &generator).map(\.time)
  }
}
