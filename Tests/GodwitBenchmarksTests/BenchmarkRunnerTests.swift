import Synchronization
import Testing

@testable import GodwitBenchmarks

@Suite struct BenchmarkRunnerTests {
  private let runner = BenchmarkRunner(budget: 0.02) { _, threads in
    MachineSpeed(operationsPerSecond: 1e6 * Double(threads), bytesPerSecond: 1e3)
  }

  @Test func slowWorkIsTimed() throws {
    let calls = Counter()
    let benchmark = Benchmark("test/sleep", work: 10, unit: "calls", threads: 1) {
      {
        calls.raise()
        pause(milliseconds: 20)
      }
    }
    let result = try runner.run(benchmark)
    #expect(result.repetitions == 3)
    #expect(calls.value == 5)  // a first call, one to see how many calls make a repetition, three repetitions
    #expect(result.minSeconds >= 0.02)
    #expect(result.medianSeconds >= result.minSeconds)
    #expect(result.rate == 10 / result.medianSeconds)
    #expect(result.floorSeconds == nil)
    #expect(result.fractionOfFloor == nil)
  }

  @Test func fastWorkIsRepeatedWithinARepetition() throws {
    let calls = Counter()
    let benchmark = Benchmark("test/count", work: 1, unit: "calls") { { calls.raise() } }
    let result = try runner.run(benchmark)
    #expect(result.minSeconds < 1e-5)
    #expect(calls.value > result.repetitions * 10)
  }

  @Test(arguments: [(3e6, 10.0, 1, 3.0), (3e6, 10, 2, 1.5), (1e3, 500, 1, 0.5)])
  func floorIsTheLongerOfArithmeticAndMemory(operations: Double, bytes: Double, threads: Int, seconds: Double) throws {
    let floor = Benchmark.Floor(operations: operations, bytes: bytes)
    let benchmark = Benchmark("test/floor", work: 1, unit: "flop", floor: floor, threads: threads) { {} }
    let result = try runner.run(benchmark)
    #expect(result.threads == threads)
    #expect(result.floorSeconds == seconds)
    #expect(result.fractionOfFloor == seconds / result.medianSeconds)
  }

  @Test func aReferenceIsTimedInTurn() throws {
    let order = Mutex("")
    let benchmark = Benchmark("test/pair", work: 1, unit: "calls", reference: "slow") {
      Benchmark.Work {
        order.withLock { $0 += "w" }
        pause(milliseconds: 1)
      } against: {
        order.withLock { $0 += "r" }
        pause(milliseconds: 40)
      }
    }
    let result = try runner.run(benchmark)
    #expect(result.reference == "slow")
    // Twice each before: a first call, and one to see how many calls make a repetition.
    #expect(order.withLock { $0 } == "wwrr" + "wr" + "rw" + "wr")
    #expect(result.repetitions == 3)
    #expect(result.speedup! > 1)
    #expect(try runner.run(Benchmark("test/alone", work: 1, unit: "calls") { {} }).speedup == nil)
  }

  @Test func errorsReachTheCaller() {
    struct Failure: Error {}
    let unprepared = Benchmark("test/unprepared", work: 1, unit: "calls") { throw Failure() }
    let failing = Benchmark("test/failing", work: 1, unit: "calls") { { throw Failure() } }
    for benchmark in [unprepared, failing] { #expect(throws: Failure.self) { try runner.run(benchmark) } }
  }
}

private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .relaxed) }
  func raise() { count.wrappingAdd(1, ordering: .relaxed) }
}

private func pause(milliseconds: Int) {
  let clock = ContinuousClock()
  let end = clock.now + .milliseconds(milliseconds)
  while clock.now < end {}
}
