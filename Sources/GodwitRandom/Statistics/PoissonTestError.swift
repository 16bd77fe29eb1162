/// Why data cannot be tested.
public enum PoissonTestError: Error, Hashable, CustomStringConvertible {
  case tooFew(count: Int, needed: Int, what: String)
  case badCount(index: Int, count: Int)
  case notAscending(index: Int, time: Double, after: Double)
  case outsideWindow(index: Int, time: Double, window: ClosedRange<Double>)
  /// A window in which there is no time, or no end of it.
  case noLength(ClosedRange<Double>)
  /// So few intervals that fewer than three classes of five or more are expected.
  case tooFewClasses(count: Int, intervals: Int)

  public var description: String {
    switch self {
    case .tooFew(let count, let needed, let what): "there are \(count) \(what), needed are \(needed) or more"
    case .badCount(let index, let count): "count \(index) is \(count), expected 0 to 1e15"
    case .notAscending(let index, let time, let after):
      "time \(index) is \(time), expected a number from the time before it on, \(after)"
    case .outsideWindow(let index, let time, let window): "time \(index) is \(time), expected one of \(window)"
    case .noLength(let window): "the time watched is \(window), expected a finite time above 0"
    case .tooFewClasses(let count, let intervals):
      "of \(intervals) intervals five are expected in \(count) of the classes of counts, needed are 3 classes or more"
    }
  }
}
