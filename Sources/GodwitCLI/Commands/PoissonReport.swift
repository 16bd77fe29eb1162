import Foundation
import GodwitModels
import GodwitRandom

/// What the tests find out about events of a file.
struct PoissonReport {
  /// One test, or why there is none.
  struct Outcome {
    let name: String
    let result: Result<TestResult, PoissonTestError>
    /// What the test sees.
    let summary: (TestResult) -> String
    /// What it means where the events are not Poisson, and where they may be.
    let objection: (TestResult) -> String
    let agreement: String
  }

  let data: EventData
  /// The expected number of events in a second, in one's own unit of time, or in an interval.
  let rate: Double
  /// The exact interval of the rate, at 95 %.
  let rateInterval: ClosedRange<Double>
  /// What the rate is to be told in.
  let unit: TimeUnit?
  /// The number of events in each of the equal intervals.
  let counts: [Int]
  /// The length of an interval, where it is known.
  let interval: Double?
  let outcomes: [Outcome]

  /// Below this a probability speaks against the hypothesis.
  static let level = 0.05

  /// - Throws: an error that says what is missing where no test is possible.
  /// - Parameters:
  ///   - interval: in which events are counted, or were; in seconds where the times have units.
  init(_ data: EventData, interval: Span?) throws {
    self.data = data
    let estimate: ParameterEstimate
    switch data.kind {
    case .counts:
      counts = data.counts
      self.interval = interval?.length
      estimate = try Poisson.fit(counts).parameters[0]
      outcomes = PoissonReport.countOutcomes(counts)
    case .times:
      let times = data.times
      guard times.count >= 3, let length = times.last, length > 0, length.isFinite else {
        throw CommandFailure(
          times.count < 3
            ? "there are \(Quantity.counted(times.count, "event")), needed are 3 or more"
            : times.last == 0
              ? "all events are at the same time: expected times that differ"
              : "the time from the first event to the last is too great for a number")
      }
      // The first and the last event are the ends of the time that is watched.
      let inner = times.dropFirst().dropLast()
      let width = interval?.length ?? length / Double(max(min(inner.count, 30), inner.count / 5))
      let whole = (length / width * (1 + 1e-12)).rounded(.down)
      guard whole <= 1e7 else {
        throw CommandFailure("--in: \(whole) intervals are too many; count in a longer time")
      }
      let intervals = Int(whole)
      counts = inner.reduce(into: [Int](repeating: 0, count: intervals)) { counts, time in
        let index = Int(time / width)
        if index < intervals { counts[index] += 1 }
      }
      self.interval = width
      estimate = try Exponential.fit(zip(times.dropFirst(), times).map { $0 - $1 }).parameters[0]
      outcomes = PoissonReport.timeOutcomes(times) + PoissonReport.countOutcomes(counts)
    }
    let length = data.kind == .counts ? interval?.length ?? 1 : 1
    rate = estimate.value / length
    rateInterval = estimate.interval.lowerBound / length...estimate.interval.upperBound / length
    let isTimed = data.hasUnit || interval?.hasUnit == true
    unit = isTimed ? TimeUnit.fitting(ratePerSecond: rate) : nil
    if results.isEmpty, let first = outcomes.first { _ = try first.result.get() }
  }

  private static func outcome(
    _ name: String, _ test: () throws(PoissonTestError) -> TestResult, _ summary: @escaping (TestResult) -> String,
    agreement: String, objection: @escaping (TestResult) -> String
  ) -> Outcome {
    let result: Result<TestResult, PoissonTestError>
    do { result = .success(try test()) } catch { result = .failure(error) }
    return Outcome(name: name, result: result, summary: summary, objection: objection, agreement: agreement)
  }

  private static func timeOutcomes(_ times: [Double]) -> [Outcome] {
    let distance = { (result: TestResult) in "Kolmogorov's distance \(digits(result.statistic))" }
    return [
      outcome(
        "gaps", { () throws(PoissonTestError) in try PoissonTest.gaps(between: times) }, distance,
        agreement: "the gaps are as exponential ones", objection: { _ in "the gaps are not exponential" }),
      outcome(
        "constancy", { () throws(PoissonTestError) in try PoissonTest.constancy(of: times) }, distance,
        agreement: "the rate may be the same throughout",
        objection: { _ in "the rate changes with time, or events come in clusters" }),
    ]
  }

  private static func countOutcomes(_ counts: [Int]) -> [Outcome] {
    let degrees = { (result: TestResult) in
      "χ² = \(digits(result.statistic)) with \(Quantity.counted(result.degreesOfFreedom ?? 0, "degree")) of freedom"
    }
    return [
      outcome(
        "dispersion", { () throws(PoissonTestError) in try PoissonTest.dispersion(of: counts) },
        { "index \(digits(index($0))), \(degrees($0))" },
        agreement: "the counts spread as Poisson ones",
        objection: {
          index($0) > 1
            ? "the counts spread more than Poisson ones: clusters, or a rate that changes"
            : "the counts spread less than Poisson ones: events are regular"
        }),
      outcome(
        "frequencies", { () throws(PoissonTestError) in try PoissonTest.masses(of: counts).result }, degrees,
        agreement: "each count is about as frequent as of a Poisson law",
        objection: { _ in "the frequencies of the counts are not of a Poisson law" }),
    ]
  }

  private static func index(_ result: TestResult) -> Double {
    result.statistic / Double(max(result.degreesOfFreedom ?? 1, 1))
  }

  static func digits(_ value: Double) -> String { String(format: "%.4g", value) }

  var events: Int {
    let sum = counts.reduce(0.0) { $0 + Double($1) }
    return data.kind == .times ? data.times.count : sum < 9e18 ? Int(sum) : .max
  }

  /// The tests that there are.
  var results: [TestResult] { outcomes.compactMap { try? $0.result.get() } }

  /// The probability of a least probability as small as that of several tests, by Bonferroni's bound.
  var pValue: Double { min((results.map(\.pValue).min() ?? 1) * Double(results.count), 1) }

  var verdict: String {
    pValue < PoissonReport.level
      ? "not a Poisson process of a constant rate" : "nothing speaks against a Poisson process of a constant rate"
  }
}
