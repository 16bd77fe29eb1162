/// Whether values come from a continuous law that is known wholly: parameters estimated from the same values would make the
/// distance shorter, and the probability too great.
///
/// The statistic is the greatest distance of the law's cdf from the share of the values up to there, and the probability that of
/// a greater one; it is exact. Kolmogorov 1933; for the law see Marsaglia, Tsang and Wang 2003, "Evaluating Kolmogorov's
/// distribution".
public func kolmogorovSmirnov(_ values: [Double], against law: some ContinuousDistribution) throws(FitError)
  -> TestResult
{
  try FitError.check(values, confidence: 0.5, expected: "a number, not NaN") { !$0.isNaN }
  return uniformity(values.sorted().map(law.cdf))
}

/// Whether values, ascending, are uniform from 0 to 1.
func uniformity(_ ascending: [Double]) -> TestResult {
  let count = Double(ascending.count)
  var distance = 0.0
  for (index, value) in ascending.enumerated() {
    distance = max(distance, Double(index + 1) / count - value, value - Double(index) / count)
  }
  return TestResult(
    statistic: distance, degreesOfFreedom: nil,
    pValue: kolmogorovTails(distance, count: ascending.count).upper)
}
