import GodwitRandom
import Testing

/// The conformance suite of Poisson processes: what each of them must satisfy at whatever rate, constant or not.
///
/// Its checks return what is wrong, so that a test can show that they find it. Each may fail by chance with a probability of 10⁻⁷.
public struct EventProcessSuite<Process: EventProcess> {
  let process: Process
  let window: Range<Double>
  /// The expected number of events from the beginning of the window to a time.
  let cumulated: (Double) -> Double
  private let runs = 4000

  /// - Parameters:
  ///   - cumulated: the integral of the rate from the beginning of the window to a time.
  public init(_ process: Process, in window: Range<Double>, cumulated: @escaping (Double) -> Double) {
    (self.process, self.window, self.cumulated) = (process, window, cumulated)
  }

  /// Records an issue for everything that is wrong.
  public func run(sourceLocation: SourceLocation = #_sourceLocation) throws {
    for violation in try violations() { Issue.record("\(violation)", sourceLocation: sourceLocation) }
  }

  /// Everything that is wrong with the process.
  public func violations() throws -> [String] {
    var generator = Philox(seed: 78)
    var copy = generator
    var found: [String] = []
    let paths = try (0..<runs).map { _ in try process.times(in: window, using: &generator) }
    let again = try (0..<10).map { _ in try process.times(in: window, using: &copy) }
    if again != Array(paths.prefix(10)) { found.append("times differ under a copied generator") }
    if paths.contains(where: { $0 != $0.sorted() }) { found.append("times that are not ascending") }
    if paths.joined().contains(where: { !window.contains($0) }) { found.append("times outside the window") }
    if !(try process.times(in: window.lowerBound..<window.lowerBound, using: &generator)).isEmpty {
      found.append("times in an empty window")
    }
    // In the clock in which one event is expected in each unit.
    let clocks = paths.map { $0.map(cumulated) }
    let counts = try totalViolations(clocks) + countViolations(clocks)
    return try found + counts + gapViolations(clocks) + placeViolations(clocks)
  }

  private var mean: Double { cumulated(window.upperBound) }

  /// All events together are Poisson; so is the spread of their numbers, window by window.
  private func totalViolations(_ clocks: [[Double]]) throws -> [String] {
    let law = try Poisson(rate: mean * Double(runs))
    let total = Double(clocks.joined().count)
    var found: [String] = []
    if min(law.cdf(total), law.survival(total - 1)) < 0.5e-7 {
      found.append("\(total) events, where \(law.rate) are expected")
    }
    var squares = 0.0
    for clock in clocks { squares += (Double(clock.count) - mean) * (Double(clock.count) - mean) / mean }
    let deviation = (Double(runs) * (2 + 1 / mean)).squareRoot()
    // More than the 5.3 of a normal law: this one is a little skew.
    if abs(squares - Double(runs)) > 6 * deviation { found.append("dispersion \(squares / Double(runs))") }
    return found
  }

  /// The numbers of events of the two halves are independent and Poisson: χ² of all pairs of classes.
  private func countViolations(_ clocks: [[Double]]) throws -> [String] {
    let law = try Poisson(rate: mean / 2)
    var edges: [Int] = []
    for share in [0.2, 0.4, 0.6, 0.8] where law.quantile(share) > (edges.last ?? -1) {
      edges.append(law.quantile(share))
    }
    let bounds = [-1.0] + edges.map(Double.init) + [.infinity]
    let masses = zip(bounds, bounds.dropFirst()).map { law.cdf($1) - law.cdf($0) }
    let classes = masses.count
    var observed = [Double](repeating: 0, count: classes * classes)
    for clock in clocks {
      let first = clock.count { $0 < mean / 2 }
      let (a, b) = (edges.count { $0 < first }, edges.count { $0 < clock.count - first })
      observed[a * classes + b] += 1
    }
    var statistic = 0.0
    for a in 0..<classes {
      for b in 0..<classes {
        let expected = masses[a] * masses[b] * Double(runs)
        let difference = observed[a * classes + b] - expected
        statistic += difference * difference / expected
      }
    }
    let chance = incompleteGamma(Double(classes * classes - 1) / 2, statistic / 2).upper
    return chance > 1e-7 ? [] : ["counts of the halves: χ² \(statistic), of chance \(chance)"]
  }

  /// The gaps of all windows, one behind the other, are exponential: as many as there are for certain.
  private func gapViolations(_ clocks: [[Double]]) throws -> [String] {
    let all = clocks.enumerated().flatMap { run, clock in clock.map { $0 + Double(run) * mean } }
    let expected = mean * Double(runs)
    let gaps = zip(all, [0] + all).map { $0 - $1 }.prefix(Int(expected - 6 * expected.squareRoot()))
    return Self.violation("gaps", try kolmogorovSmirnov(Array(gaps), against: try Exponential(rate: 1)))
  }

  /// Whatever their number, the events are uniform.
  private func placeViolations(_ clocks: [[Double]]) throws -> [String] {
    let places = Array(clocks.joined())
    if places.isEmpty { return ["no events"] }
    return Self.violation("times", try kolmogorovSmirnov(places, against: try Uniform(from: 0, to: mean)))
  }

  /// A distance too great, or suspiciously small.
  private static func violation(_ name: String, _ result: TestResult) -> [String] {
    let chance = min(result.pValue, 1 - result.pValue)
    return chance > 0.5e-7 ? [] : ["\(name): distance \(result.statistic), of chance \(result.pValue)"]
  }
}
