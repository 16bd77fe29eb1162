import Foundation
import GodwitKernels
import Testing

@testable import GodwitModels

@Suite struct RunningClockTests {
  @Test func aGapCountsAsItsBeginningAlone() {
    var time = RunningTime(from: 100)
    time.isWatched = true
    #expect(time.advance(to: 100.25) == 0.25)
    #expect(time.advance(to: 101) == 1)
    // Stopped for an hour.
    #expect(time.advance(to: 3701) == 1 + RunningTime.longestGap)
    #expect(time.advance(to: 3701.5) == 1.5 + RunningTime.longestGap)
    // A thread that read the clock earlier and is later with it.
    #expect(time.advance(to: 3701.25) == 1.5 + RunningTime.longestGap)
    #expect(time.advance(to: 3701.75) == 1.75 + RunningTime.longestGap)
  }

  @Test func onlyTheGapsOfOneWhoKeepsLookingTellAnything() {
    let now = Lock(5.0)
    let time = WatchedTime { now.withLock { $0 } }
    #expect(time.seconds == 0)
    now.withLock { $0 += 1000 }
    #expect(time.seconds == 1000)
    time.look()
    now.withLock { $0 += 0.5 }
    #expect(time.seconds == 1000.5)
    now.withLock { $0 += 1000 }
    #expect(time.seconds == 1000.5 + RunningTime.longestGap)
  }

  /// A step may take longer than a gap.
  @Test func theClockIsLookedAtWhileNobodyAsks() {
    let clock = RunningClock()
    let start = SuspendingClock.now
    Thread.sleep(forTimeInterval: 1.8)
    let (counted, real) = (clock.seconds, (SuspendingClock.now - start) / .seconds(1))
    #expect(counted > 1.7 && counted <= real + 0.1, "\(counted) of \(real)")
  }
}
