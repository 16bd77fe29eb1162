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
    let body = try benchmark.prepare()
    let seconds = try time(body).sorted()
    let floorAfter = floorSeconds()
    return BenchmarkResult(
      name: benchmark.name, medianSeconds: seconds.median, minSeconds: seconds[0], work: benchmark.work,
      unit: benchmark.unit, floorSeconds: floorBefore.map { min($0, floorAfter!) }, threads: threads,
      repetitions: seconds.count)
  }

  /// Wall seconds of one call, once for each repetition.
  private func time(_ body: () throws -> Void) throws -> [Double] {
    try body()  // first touch of memory, lazy tables
    let calls = try callsPerRepetition(body)
    var seconds: [Double] = []
    var spent = 0.0
    while seconds.count < maximumRepetitions, spent < budget || seconds.count < minimumRepetitions {
      let repetition = try Self.seconds { for _ in 0..<calls { try body() } }
      spent += repetition
      seconds.append(repetition / Double(calls))
    }
    return seconds
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
