import GodwitRandom
import GodwitTestSupport
import RealModule
import Testing

/// Every Poisson process is enrolled by one line.
@Suite struct EventProcessConformanceTests {
  @Test(arguments: [0.7, 40]) func constantRate(rate: Double) throws {
    try EventProcessSuite(try PoissonProcess(rate: rate), in: 3..<10) { rate * ($0 - 3) }.run()
  }

  @Test func lateWindow() throws {
    try EventProcessSuite(try PoissonProcess(rate: 5), in: 1e9..<1e9 + 1) { 5 * ($0 - 1e9) }.run()
  }

  @Test func thinnedToAWave() throws {
    let process = try InhomogeneousPoissonProcess(bound: 8) { 4 + 3 * .sin($0) }
    try EventProcessSuite(process, in: 0..<5) { 4 * $0 + 3 * (1 - .cos($0)) }.run()
  }

  @Test func aStepWithNothingAfterIt() throws {
    let process = try InhomogeneousPoissonProcess(bound: 6) { $0 < 2 ? 6 : 0 }
    try EventProcessSuite(process, in: 0..<9) { 6 * min($0, 2) }.run()
  }

  @Test func timeChanged() throws {
    let process = TimeChangedPoissonProcess(cumulatedIntensity: { $0 * $0 }, inverse: { $0.squareRoot() })
    try EventProcessSuite(process, in: 2..<3) { $0 * $0 - 4 }.run()
  }

  @Test func superposed() throws {
    let parts: [any EventProcess] = [
      try PoissonProcess(rate: 2), try InhomogeneousPoissonProcess(bound: 3) { min($0, 3) },
    ]
    try EventProcessSuite(SuperposedProcess(parts), in: 0..<3) { 2 * $0 + $0 * $0 / 2 }.run()
  }

  @Test func oneMarkOfSeveral() throws {
    let marked = MarkedProcess(try PoissonProcess(rate: 10), marks: try Categorical(weights: [1, 3, 1]))
    let law = try marked.process(ofMark: 1)
    #expect(abs(law.rate - 6) < 1e-14)
    try EventProcessSuite(marked.keeping { $0.mark == 1 }, in: 0..<2) { law.rate * $0 }.run()
  }

  @Test func thinnedByChance() throws {
    let process = try PoissonProcess(rate: 5).thinned(keeping: 0.4)
    try EventProcessSuite(process, in: 0..<4) { 2 * $0 }.run()
  }

  @Test func uniformTimesOfAPoissonNumber() throws {
    try EventProcessSuite(CountedFirst(process: try PoissonProcess(rate: 3)), in: -1..<1) { 3 * ($0 + 1) }.run()
  }
}

/// The number of events is drawn first, then their times.
private struct CountedFirst: EventProcess {
  let process: PoissonProcess

  func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) -> [Double] {
    guard let law = try? process.count(in: window) else { return [] }
    return process.times(of: law.sample(using: &generator), in: window, using: &generator)
  }
}

/// A process of rate 4 with a fault.
private struct FaultyProcess: EventProcess {
  enum Fault: CaseIterable {
    case none, rate, regular, clustered, mixed, trend, stratified, order, outside, empty, state
  }

  let fault: Fault
  let process: PoissonProcess

  func times(in window: Range<Double>, using generator: inout some RandomNumberGenerator) -> [Double] {
    let times = process.times(in: window, using: &generator)
    let length = window.upperBound - window.lowerBound
    switch fault {
    case .none: return times
    case .rate: return times.filter { _ in generator.next() % 32 != 0 }
    case .regular:
      // Every second event of twice as many.
      let twice = times + process.times(in: window, using: &generator)
      return twice.sorted().enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    case .clustered:
      // As many events, of which some come in pairs.
      return times.flatMap { time in
        let chance = generator.next() % 16
        return chance == 0 ? [] : chance == 1 ? [time, time] : [time]
      }
    case .mixed:
      // Days of many events and days of few.
      let isBusy = generator.next() % 2 == 0
      let more = process.times(in: window, using: &generator).filter { _ in generator.next() % 4 == 0 }
      return isBusy ? (times + more).sorted() : times.filter { _ in generator.next() % 4 != 0 }
    case .trend:
      return times.map { time in
        let place = (time - window.lowerBound) / length
        return window.lowerBound + length * place * (0.9 + 0.1 * place)
      }
    case .stratified:
      return times.indices.map { index in
        window.lowerBound + length * (Double(index) + Double.random(in: 0..<1, using: &generator)) / Double(times.count)
      }
    case .order: return times.count == 20 ? times.reversed() : times
    case .outside: return times.count == 20 ? times + [window.upperBound] : times
    case .empty: return times.isEmpty ? [window.lowerBound] : times
    case .state:
      var other = SystemRandomNumberGenerator()
      return process.times(in: window, using: &other)
    }
  }
}

@Suite struct FaultyProcessTests {
  @Test(arguments: FaultyProcess.Fault.allCases) private func faultsAreFound(fault: FaultyProcess.Fault) throws {
    let process = FaultyProcess(fault: fault, process: try PoissonProcess(rate: 4))
    let violations = try EventProcessSuite(process, in: 0..<3) { 4 * $0 }.violations()
    #expect(violations.isEmpty == (fault == .none), "\(fault): \(violations)")
  }
}
