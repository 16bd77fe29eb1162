import Testing

@testable import GodwitKernels

@Suite struct ThreadsTests {
  @Test(arguments: [0, 1, 2, 3, 17, 1000]) func everyIndexIsCalledOnce(count: Int) {
    let calls = UnsafeMutablePointer<Int>.allocate(capacity: max(count, 1))
    calls.initialize(repeating: 0, count: max(count, 1))
    defer { calls.deallocate() }
    nonisolated(unsafe) let target = calls
    for _ in 0..<50 { parallelFor(count) { target[$0] += 1 } }
    #expect((0..<count).allSatisfy { calls[$0] == 50 })
  }

  /// More threads than processors, so that workers wake late, into a job that has ended or the next one, of another size.
  @Test func aWorkerThatWakesLateTakesNothingTwice() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 8
      let calls = UnsafeMutablePointer<Int>.allocate(capacity: 64)
      defer { calls.deallocate() }
      nonisolated(unsafe) let target = calls
      var wrong = 0
      for job in 0..<100_000 {
        let count = job % 2 == 0 ? 2 : 64
        calls.initialize(repeating: 0, count: 64)
        parallelFor(count) { target[$0] += 1 }
        for index in 0..<64 where calls[index] != (index < count ? 1 : 0) { wrong += 1 }
      }
      #expect(wrong == 0)
    }
  }

  @Test func nestedCallsFinish() {
    let sums = UnsafeMutablePointer<Int>.allocate(capacity: 8)
    sums.initialize(repeating: 0, count: 8)
    defer { sums.deallocate() }
    nonisolated(unsafe) let target = sums
    parallelFor(8) { outer in parallelFor(5) { target[outer] += $0 } }
    #expect((0..<8).allSatisfy { sums[$0] == 10 })
  }

  @Test func rangesCoverTheWhole() {
    let seen = UnsafeMutablePointer<Int>.allocate(capacity: 101)
    seen.initialize(repeating: 0, count: 101)
    defer { seen.deallocate() }
    nonisolated(unsafe) let target = seen
    parallelRanges(101, grain: 7) { for index in $0 { target[index] += 1 } }
    #expect((0..<101).allSatisfy { seen[$0] == 1 })
  }
}
