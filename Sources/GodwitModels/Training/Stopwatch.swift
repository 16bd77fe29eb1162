/// The time that training takes, also over several processes.
struct Stopwatch: Sendable {
  /// Seconds since some moment.
  typealias Clock = @Sendable () -> Double

  private let clock: Clock
  private let start: Double
  private let before: Double

  /// - Parameters:
  ///   - before: the time that was measured already, in seconds.
  init(_ clock: @escaping Clock, before: Double = 0) {
    self.clock = clock
    start = clock()
    self.before = before
  }

  /// The time since the beginning, in seconds.
  var seconds: Double { before + (clock() - start) }

  /// A clock that no change of the date disturbs, and that stands while the process is stopped or the machine asleep.
  static var steady: Clock {
    let clock = RunningClock()
    return { clock.seconds }
  }
}
