import RealModule

/// Tests of whether events are Poisson: come at a constant rate, each of them independent of the others.
///
/// None of them needs to know the rate. `dispersion(of:)` and `frequencies(of:)` look at the numbers of events in equal
/// intervals, `gaps(between:in:)` and `constancy(of:in:)` at their times. Cox and Lewis 1966, "The Statistical Analysis of
/// Series of Events", chapter 6, tells when which of them sees what.
public enum PoissonTest {
  /// Whether the numbers of events spread as a Poisson law does, whose variance is its mean.
  ///
  /// The statistic is Σ (xᵢ − x̄)² / x̄, about χ² of n − 1 degrees of freedom; over those it is the index of dispersion, above 1
  /// where events come in clusters, below where they are regular. The probability is two-sided. Fisher, Thornton and Mackenzie
  /// 1922, "The accuracy of the plating method of estimating the density of bacterial populations".
  ///
  /// Of N events in n intervals N(N − 1)/2n pairs are expected to share one, and the statistic is 2/x̄ times their number, but for
  /// a constant. Below ten that number is too coarse for χ² (with one pair 0.001 is five times as frequent): an error.
  public static func dispersion(of counts: [Int]) throws(PoissonTestError) -> TestResult {
    let mean = try mean(of: counts, needed: 2)
    let statistic = compensatedSum(counts.lazy.map { (Double($0) - mean) * (Double($0) - mean) }) / mean
    let events = mean * Double(counts.count)
    let pairs = mean * (events - 1) / 2
    if pairs < 10 { throw .tooThin(events: Int(events.rounded()), intervals: counts.count, pairs: pairs) }
    let tails = incompleteGamma(Double(counts.count - 1) / 2, statistic / 2)
    return TestResult(
      statistic: statistic, degreesOfFreedom: counts.count - 1, pValue: min(2 * min(tails.lower, tails.upper), 1))
  }

  /// Whether the gaps between events are exponential.
  ///
  /// The rate is not known, so that the gaps cannot be compared with their own law: where it is estimated from them, Kolmogorov's
  /// probabilities are far too great. Rather than correct them approximately (Lilliefors 1969) their sum is taken as given.
  /// Then the gaps are spacings of uniform times, and the sums of their scaled differences in ascending order,
  /// (m + 1 − j)(c₍ⱼ₎ − c₍ⱼ₋₁₎) of m gaps, are over the sum of all again uniform: Durbin 1961, "Some methods of constructing exact
  /// tests". Lewis 1965, "Some results on tests for Poisson processes", finds this test the most powerful of its kind against
  /// clusters and regularity alike. The probability is exact for times that are not rounded: equal ones are gaps of nothing, of
  /// which there are none. Where `resolution(of:)` finds a unit, `spread(_:within:using:)` mends that.
  ///
  /// - Parameters:
  ///   - times: ascending.
  ///   - window: the time that was watched; nil for that from the first event to the last, which then count as its ends.
  public static func gaps(
    between times: [Double], in window: ClosedRange<Double>? = nil
  ) throws(PoissonTestError) -> TestResult {
    let (inner, window) = try watched(times, window)
    let bounds = [window.lowerBound] + inner + [window.upperBound]
    let gaps = zip(bounds, bounds.dropFirst()).map { $1 - $0 }.sorted()
    var (sum, previous) = (0.0, 0.0)
    var sums: [Double] = []
    for (index, gap) in gaps.enumerated() {
      sum += Double(gaps.count - index) * (gap - previous)
      sums.append(sum)
      previous = gap
    }
    return uniformity(sums.dropLast().map { min($0 / sum, 1) })
  }

  /// Whether the rate stays the same: given their number, the times are then uniform, so that Kolmogorov's probability is exact.
  ///
  /// It sees trends and long waves; regular events look the more uniform to it, for which there is `gaps(between:in:)`.
  ///
  /// - Parameters:
  ///   - times: ascending.
  ///   - window: the time that was watched; nil for that from the first event to the last, which then count as its ends.
  public static func constancy(
    of times: [Double], in window: ClosedRange<Double>? = nil
  ) throws(PoissonTestError) -> TestResult {
    let (inner, window) = try watched(times, window)
    let length = window.upperBound - window.lowerBound
    return uniformity(inner.map { ($0 - window.lowerBound) / length })
  }

  /// The numbers of events in equal intervals, one behind the other from the start of a window; what is left at its end is not
  /// counted.
  ///
  /// - Parameters:
  ///   - times: ascending.
  ///   - width: the length of an interval, such that there are at most 10⁹ of them.
  ///   - window: the time that was watched; nil for that from the first event to the last, which then are not counted.
  /// - Complexity: O(number of times and of intervals).
  public static func counts(
    of times: [Double], every width: Double, in window: ClosedRange<Double>? = nil
  ) throws(PoissonTestError) -> [Int] {
    let (inner, window) = try watched(times, window)
    // A whole number of intervals may have been rounded to a little less.
    let number = ((window.upperBound - window.lowerBound) / width * (1 + 1e-12)).rounded(.down)
    guard width > 0, width.isFinite, number <= 1e9 else { throw .badInterval(width: width, window: window) }
    var counts = [Int](repeating: 0, count: Int(number))
    for time in inner {
      let index = ((time - window.lowerBound) / width).rounded(.down)
      if index < number { counts[Int(index)] += 1 }
    }
    return counts
  }

  /// The events that are uniform in a window: all, or those between the first and the last.
  private static func watched(
    _ times: [Double], _ window: ClosedRange<Double>?
  ) throws(PoissonTestError) -> (times: [Double], window: ClosedRange<Double>) {
    for (index, time) in times.enumerated() {
      let least = index == 0 ? -Double.greatestFiniteMagnitude : times[index - 1]
      if !(time >= least && time.isFinite) { throw .notAscending(index: index, time: time, after: least) }
      if let window, !window.contains(time) { throw .outsideWindow(index: index, time: time, window: window) }
    }
    let needed = window == nil ? 3 : 1
    guard times.count >= needed, let first = times.first, let last = times.last else {
      throw .tooFew(count: times.count, needed: needed, what: "event time")
    }
    let interval = window ?? first...last
    let length = interval.upperBound - interval.lowerBound
    guard length > 0, length.isFinite else { throw .noLength(interval) }
    return (window == nil ? Array(times.dropFirst().dropLast()) : times, interval)
  }

  /// The mean of counts of which there are enough, some of them above 0.
  static func mean(of counts: [Int], needed: Int) throws(PoissonTestError) -> Double {
    if let index = counts.firstIndex(where: { $0 < 0 || $0 > 1_000_000_000_000_000 }) {
      throw .badCount(index: index, count: counts[index])
    }
    if counts.count < needed { throw .tooFew(count: counts.count, needed: needed, what: "count") }
    let mean = compensatedSum(counts.lazy.map(Double.init)) / Double(counts.count)
    if mean == 0 { throw .tooFew(count: 0, needed: 1, what: "event") }
    return mean
  }
}
