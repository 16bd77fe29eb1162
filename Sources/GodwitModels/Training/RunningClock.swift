import Foundation
import GodwitKernels
import Synchronization

/// The time that a process could run in: it stands still while the process is stopped, by Ctrl-Z or otherwise, and while the
/// machine sleeps.
///
/// No call of the system tells that time. So a thread looks at the clock ten times a second: where it could not for a second, no
/// thread could run.
final class RunningClock: Sendable {
  private let watched: WatchedTime

  init() {
    let start = SuspendingClock.now
    watched = WatchedTime { (SuspendingClock.now - start) / .seconds(1) }
    Thread.detachNewThread { [watched] in
      while !watched.isOver.load(ordering: .relaxed) {
        watched.look()
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }

  deinit { watched.isOver.store(true, ordering: .relaxed) }

  /// The seconds since the clock was made.
  var seconds: Double { watched.seconds }
}

/// A time that is looked at, besides by those that ask for it, by somebody who keeps looking.
final class WatchedTime: Sendable {
  /// Whether nobody will ask any more.
  let isOver = Atomic<Bool>(false)
  private let time: Lock<RunningTime>
  private let now: @Sendable () -> Double

  /// - Parameters:
  ///   - now: a clock that goes on while the process is stopped, in seconds.
  init(_ now: @escaping @Sendable () -> Double) {
    self.now = now
    time = Lock(RunningTime(from: now()))
  }

  /// Whoever calls this once goes on doing so, several times in the longest gap.
  func look() {
    time.withLock { time in
      _ = time.advance(to: now())
      time.isWatched = true
    }
  }

  var seconds: Double { time.withLock { $0.advance(to: now()) } }
}

/// The part of a time that was looked at often enough.
struct RunningTime: Sendable {
  /// The longest time between two looks that counts: more than a busy machine keeps a thread waiting.
  static let longestGap = 1.0

  /// Whether somebody keeps looking: if nobody does, as there was no thread for it, a gap tells nothing.
  var isWatched = false
  private var last: Double
  private(set) var seconds = 0.0

  init(from start: Double) { last = start }

  /// The seconds that count until now; of a longer gap none but its beginning.
  mutating func advance(to now: Double) -> Double {
    seconds += min(max(now - last, 0), isWatched ? Self.longestGap : .infinity)
    last = max(now, last)
    return seconds
  }
}
