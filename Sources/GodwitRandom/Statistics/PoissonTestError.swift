/// Why data cannot be tested.
public enum PoissonTestError: Error, Hashable, CustomStringConvertible {
  /// Fewer things, of which one is called so, than are needed.
  case tooFew(count: Int, needed: Int, what: String)
  case badCount(index: Int, count: Int)
  case notAscending(index: Int, time: Double, after: Double)
  case outsideWindow(index: Int, time: Double, window: ClosedRange<Double>)
  /// A window in which there is no time, or no end of it.
  case noLength(ClosedRange<Double>)
  /// So few intervals that fewer than three classes of five or more are expected.
  case tooFewClasses(count: Int, intervals: Int)
  /// So many intervals for the events that hardly two of them are expected in one.
  case tooThin(events: Int, intervals: Int, pairs: Double)
  case badInterval(width: Double, window: ClosedRange<Double>)

  public var description: String {
    switch self {
    case .tooFew(let count, let needed, let what):
      "there \(count == 1 ? "is 1 \(what)" : "are \(count) \(what)s"), needed are \(needed) or more"
    case .badCount(let index, let count): "count \(index) is \(count), expected 0 to 1e15"
    case .notAscending(let index, let time, let after):
      "time \(index) is \(time), expected a number from the time before it on, \(after)"
    case .outsideWindow(let index, let time, let window): "time \(index) is \(time), expected one of \(window)"
    case .noLength(let window): "the time watched is \(window), expected a finite time above 0"
    case .tooFewClasses(let count, let intervals):
      "of \(intervals) intervals five are expected in \(count) of the classes of counts, needed are 3 classes or more"
    case .tooThin(let events, let intervals, let pairs):
      "of \(events) events in \(intervals) intervals \((pairs * 10).rounded() / 10) pairs are expected to share one, "
        + "needed are 10 or more: count in a longer time"
    case .badInterval(let width, let window):
      "an interval of \(width), expected a number above 0 that is at most 1e9 times in \(window)"
    }
  }
}
