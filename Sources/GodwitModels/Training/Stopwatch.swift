/// The time that training takes, also over several processes.
struct Stopwatch: Sendable {
  private let start = ContinuousClock.now
  private let before: Double

  /// - Parameters:
  ///   - before: the time that was measured already, in seconds.
  init(before: Double = 0) { self.before = before }

  /// The time since the beginning, in seconds.
  var seconds: Double { before + (ContinuousClock.now - start) / .seconds(1) }
}
