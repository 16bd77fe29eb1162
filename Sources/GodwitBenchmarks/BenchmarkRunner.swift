import GodwitKernels

/// Times benchmarks: the median and the least of the repetitions that fit a time budget.
public struct BenchmarkRunner: Sendable {
  /// Seconds of repetitions for each benchmark.
  public var budget: Double
  /// Repetitions made even where they exceed the budget.
  public var minimumRepetitions = 3
  /// Repetitions after which the budget is not used up.
  public var maximumRepetitions = 300
  /// Measures what the floors are computed from.
  let measureSpeed: @Sendable (_ floor: Benchmark.Floor, _ threads: Int) -> MachineSpeed

  package init(
    budget: Double = 2.5,
    measureSpeed: @escaping @Sendable (_ floor: Benchmark.Floor, _ threads: Int) -> MachineSpeed = MachineSpeed.measured
  ) {
    self.budget = budget
    self.measureSpeed = measureSpeed
  }

  /// Runs one benchmark, with the number of threads that it asks for.
  public func run(_ benchmark: Benchmark) throws -> BenchmarkResult {
    let before = Threads.count
    defer { Threads.count = before }
    let threads = benchmark.threads ?? before
    Threads.count = threads
    // Before and after, the lesser counts: other work on the machine may slow either, and a floor must not be above it.
    func floorSeconds() -> Double? { benchmark.floor.map { measureSpeed($0, threads).seconds(for: $0) } }
    let floorBefore = floorSeconds()
    let times = try time(benchmark.prepare())
    let seconds = times.map(\.seconds).sorted()
    let floorAfter = floorSeconds()
    return BenchmarkResult(
      name: benchmark.name, medianSeconds: seconds.median, minSeconds: seconds[0], work: benchmark.work,
      unit: benchmark.unit, floorSeconds: floorBefore.map { min($0, floorAfter!) }, threads: threads,
      repetitions: seconds.count, reference: benchmark.reference,
      speedup: benchmark.reference.map { _ in times.map(\.speedup).sorted().median })
  }

  /// One call: its wall seconds, and how many times as long the reference took just before or after it.
  private typealias Repetition = (seconds: Double, speedup: Double)

  private func time(_ work: Benchmark.Work) throws -> [Repetition] {
    let bodies = [work.body] + (work.reference.map { [$0] } ?? [])
    let calls = try bodies.map { body in
      try body()  // first touch of memory, lazy tables
      return try callsPerRepetition(body)
    }
    var repetitions: [Repetition] = []
    var spent = 0.0
    while repetitions.count < maximumRepetitions, spent < budget || repetitions.count < minimumRepetitions {
      var seconds = bodies.map { _ in 0.0 }
      // Each is first as often as the other.
      for index in repetitions.count.isMultiple(of: 2) ? Array(bodies.indices) : bodies.indices.reversed() {
        let all = try Self.seconds { for _ in 0..<calls[index] { try bodies[index]() } }
        seconds[index] = all / Double(calls[index])
        spent += all
      }
      repetitions.append((seconds[0], seconds[seconds.count - 1] / seconds[0]))
    }
    return repetitions
  }

  /// So many that reading the clock takes less than a thousandth of a repetition.
  private func callsPerRepetition(_ body: () throws -> Void) throws -> Int {
    let shortest = 1e-4
    var calls = 1
    while calls < 1 << 20 {
      let seconds = try Self.seconds { for _ in 0..<calls { try body() } }
      if seconds >= shortest { break }
      calls *= 2
    }
    return calls
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    try body()
    return (clock.now - start) / .seconds(1)
  }
}
