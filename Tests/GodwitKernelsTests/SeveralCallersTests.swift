import Foundation
import Synchronization
import Testing

@testable import GodwitKernels

/// Jobs of several threads at once. The number of threads holds for the process, so each test has one of its own.
@Suite struct SeveralCallersTests {
  /// While the number of threads changes too, and with calls within calls.
  @Test func everyIndexIsCalledOnce() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 4
      let wrong = Atomic(0)
      let callers = Atomic(12)
      onThreads(13) { thread in
        if thread == 12 {
          var count = 1
          while callers.load(ordering: .acquiring) > 0 {
            Threads.count = count
            count = count % 8 + 1
            usleep(500)
          }
          return
        }
        let calls = UnsafeMutablePointer<Int>.allocate(capacity: 64)
        defer { calls.deallocate() }
        nonisolated(unsafe) let target = calls
        for job in 0..<2000 {
          let count = [2, 64, 3, 17][(job + thread) % 4]
          calls.initialize(repeating: 0, count: 64)
          if job % 50 == 0 {
            parallelFor(4) { part in parallelFor(count / 4) { target[part * (count / 4) + $0] += 1 } }
            for index in count / 4 * 4..<count { target[index] += 1 }
          } else {
            parallelFor(count) { target[$0] += 1 }
          }
          let isRight = (0..<64).allSatisfy { calls[$0] == ($0 < count ? 1 : 0) }
          if !isRight { wrong.add(1, ordering: .relaxed) }
          if job % 100 == 99 { usleep(2000) }  // so long that it no longer counts as a caller
        }
        callers.subtract(1, ordering: .releasing)
      }
      #expect(wrong.load(ordering: .relaxed) == 0)
    }
  }

  @Test func twoCallersOfTwoThreadsWorkEachByItself() async {
    await #expect(processExitsWith: .success) { expectSharing(threads: 2) }
  }

  @Test func twoCallersOfEightThreadsHaveAllEight() async {
    await #expect(processExitsWith: .success) { expectSharing(threads: 8) }
  }

  @Test func moreCallersThanThreadsFinish() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 3
      // More than there are places for.
      let finished = Atomic(0)
      onThreads(80) { _ in
        for _ in 0..<20 {
          parallelFor(5) { _ in
            usleep(100)
            finished.add(1, ordering: .relaxed)
          }
        }
      }
      #expect(finished.load(ordering: .relaxed) == 80 * 20 * 5)
    }
  }
}

/// Expects a caller to have all threads but one while another caller is in a job, and all once that one has stopped.
private func expectSharing(threads: Int) {
  Threads.count = threads
  let isHeld = Atomic(false)
  let isOver = Atomic(false)
  let running = Concurrency()
  onThreads(2) { thread in
    if thread == 0 {
      let own = pthread_self()
      while !isHeld.load(ordering: .acquiring) {
        parallelFor(2) { _ in
          // A worker may have taken both indices: then once more.
          guard pthread_equal(pthread_self(), own) != 0 else { return }
          isHeld.store(true, ordering: .releasing)
          while !isOver.load(ordering: .acquiring) { usleep(100) }
        }
      }
      return
    }
    while !isHeld.load(ordering: .acquiring) { usleep(100) }
    #expect(running.most(toReach: threads - 1) == threads - 1)
    isOver.store(true, ordering: .releasing)
    #expect(running.most(toReach: threads) == threads)
  }
}

/// Counts how many calls of a job's body run at a time.
private final class Concurrency: Sendable {
  private let now = Atomic(0)
  private let most = Atomic(0)

  /// The most calls that ever ran at a time, of jobs given until `target` was reached and ten more, or ten seconds passed.
  func most(toReach target: Int) -> Int {
    most.store(0, ordering: .relaxed)
    let deadline = ContinuousClock.now + .seconds(10)
    var more = 10
    while more > 0, ContinuousClock.now < deadline {
      parallelFor(64) { _ in
        most.max(now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        usleep(200)
        now.subtract(1, ordering: .relaxed)
      }
      if most.load(ordering: .relaxed) >= target { more -= 1 }
    }
    return most.load(ordering: .relaxed)
  }
}

/// Calls `body` on so many threads at once, and returns when all are done.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for thread in 0..<count {
    group.enter()
    Thread.detachNewThread {
      body(thread)
      group.leave()
    }
  }
  group.wait()
}
