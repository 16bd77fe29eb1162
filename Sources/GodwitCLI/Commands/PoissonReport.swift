import Foundation
import GodwitEvents
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
  /// The times that are tested: those of the data, or where they are rounded too much for that, spread within their units.
  let times: [Double]
  /// The unit of times that were spread.
  let resolution: Double?
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
  ///   - seed: of the places of events within the units of their times.
  init(_ data: EventData, interval: Span?, seed: UInt64) throws {
    self.data = data
    resolution = PoissonTest.resolution(of: data.times, writtenTo: data.step)
    var generator = Philox(seed: seed)
    times = resolution.map { PoissonTest.spread(data.times, within: $0, using: &generator) } ?? data.times
    let estimate: ParameterEstimate
    switch data.kind {
    case .counts:
      counts = data.counts
      self.interval = interval?.length
      estimate = try Poisson.fit(counts).parameters[0]
      outcomes = PoissonReport.countOutcomes(counts)
    case .times:
      guard data.times.count >= 3, let last = data.times.last, last > 0, last.isFinite else {
        throw CommandFailure(
          data.times.count < 3
            ? "there \(data.times.count == 1 ? "is" : "are") \(Quantity.counted(data.times.count, "event")), "
              + "needed are 3 or more"
            : data.times.last == 0
              ? "all events are at the same time: expected times that differ"
              : "the time from the first event to the last is too great for a number")
      }
      // The first and the last event are the ends of the time that is watched.
      let (length, inner) = (times[times.count - 1] - times[0], times.count - 2)
      let width = interval?.length ?? length / Double(max(min(inner, 30), inner / 5))
      guard length / width <= 1e7 else {
        let count = Quantity.rounded(length / width)
        throw CommandFailure("--in: \(count) intervals are too many, more than 10 million; count in a longer time")
      }
      guard length >= width else {
        throw CommandFailure("--in: the events span less than one interval; count in a shorter time")
      }
      counts = try PoissonTest.counts(of: times, every: width)
      self.interval = width
      estimate = try Exponential.fit(zip(data.times.dropFirst(), data.times).map { $0 - $1 }).parameters[0]
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
        "frequencies", { () throws(PoissonTestError) in try PoissonTest.frequencies(of: counts).result }, degrees,
        agreement: "each count is about as frequent as of a Poisson law",
        objection: { _ in "the frequencies of the counts are not of a Poisson law" }),
    ]
  }

  private static func index(_ result: TestResult) -> Double {
    result.statistic / Double(max(result.degreesOfFreedom ?? 1, 1))
  }

  static func digits(_ value: Double) -> String { String(format: "%.4g", value) }

  /// A probability, also where it is too small for a number.
  static func text(pValue: Double) -> String { pValue < 1e-300 ? "p < 1e-300" : "p = \(digits(pValue))" }

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
