extension PoissonTest {
  /// The unit to which times were rounded, where a test of times would notice it; nil where it would not.
  ///
  /// Rounding of n gaps of mean m to a unit r moves the shares of the gaps by about r/m, which a test sees as soon as that is not
  /// small against 1/√n; up to a tenth of it the times are better left as they are. Beyond it some events are a unit apart, so
  /// that the unit is the greatest of which all gaps are multiples, and Euclid's algorithm finds it from the least of them. Times in
  /// one unit that were rounded in another, as minutes in hours, are multiples only nearly: to two units of their last decimal,
  /// or as exactly as a `Double` holds them. What is further off is a clock that strikes nearly at the same time, and was not
  /// rounded.
  ///
  /// - Parameters:
  ///   - times: ascending and finite.
  ///   - step: the unit of the last digit of the times, if it is known. A greater unit was rounded to only if two events share one.
  /// - Returns: nil too where the events are spread over the units more evenly than those of a Poisson process: a clock that
  ///   strikes.
  /// - Complexity: O(n log n).
  public static func resolution(of times: [Double], writtenTo step: Double? = nil) -> Double? {
    let gaps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > 0 }.sorted()
    guard let first = times.first, let last = times.last, var unit = gaps.first else { return nil }
    let number = Double(times.count - 1)
    let mean = (last - first) / number
    let least = 0.1 * mean / number.squareRoot()
    let noise = 4 * max(abs(first), abs(last)).ulp
    let grid = decimalUnit(of: gaps, noise: noise) ?? 0
    while unit > least {
      // Longer gaps know the unit better, and need it better: it is taken from all before.
      var (sum, multiples) = (0.0, 0.0)
      var rest = 0.0
      for gap in gaps {
        let current = multiples > 0 ? sum / multiples : unit
        let multiple = (gap / current).rounded()
        rest = abs(gap - multiple * current)
        if rest > min(0.01 * current, max(2 * grid, noise, 1e-6 * current)) { break }
        (sum, multiples, rest) = (sum + gap, multiples + multiple, 0)
      }
      if rest == 0 {
        let found = sum / multiples
        let isTied = gaps.count < times.count - 1
        if !isTied, let step, found > 1.001 * step { return nil }
        return isClock(times, unit: found) ? nil : found
      }
      unit = rest
    }
    return nil
  }

  /// The greatest unit with at most nine decimals of which all gaps are exact multiples.
  private static func decimalUnit(of gaps: [Double], noise: Double) -> Double? {
    var scale = 1.0
    for _ in 0...9 {
      if scale * noise > 0.01 { return nil }
      let isWhole = gaps.allSatisfy { gap in
        let scaled = scale * gap
        return scaled < 0x1p53 && abs(scaled - scaled.rounded()) < 0.01
      }
      if isWhole {
        var divisor = 0
        for gap in gaps {
          var (a, b) = (Int((scale * gap).rounded()), divisor)
          while b != 0 { (a, b) = (b, a % b) }
          divisor = a
        }
        return Double(divisor) / scale
      }
      scale *= 10
    }
    return nil
  }

  /// Whether events share the units of their times so seldom that those of a Poisson process would with a probability below 0.02
  /// where hardly any do, or of 0.001 where many do.
  ///
  /// Given their number, the events of a Poisson process are in any of the units of the time that was watched, independently: no
  /// two of n are in one of N with the probability Π (1 − i/N), and their dispersion is about χ².
  private static func isClock(_ times: [Double], unit: Double) -> Bool {
    let cells = ((times[times.count - 1] - times[0]) / unit).rounded() + 1
    let number = Double(times.count)
    let expectedPairs = number * (number - 1) / (2 * cells)
    var (pairs, run) = (0.0, 1.0)
    for (previous, time) in zip(times, times.dropFirst()) {
      run = time - previous < 0.5 * unit ? run + 1 : 1
      pairs += run - 1
    }
    if pairs == 0 {
      var probability = 1.0
      for index in 0..<times.count where probability > 0 { probability *= max(1 - Double(index) / cells, 0) }
      return probability < 0.02
    }
    if expectedPairs < 10 { return false }
    // Σ (x − x̄)² / x̄ of the numbers x in the units; Σ x² is 2 pairs + n.
    let statistic = (2 * pairs + number) / (number / cells) - number
    return incompleteGamma((cells - 1) / 2, statistic / 2).lower < 0.001
  }

  /// Times that were rounded to a unit, each put at random within it, and in order again.
  ///
  /// Of the events of a Poisson process in a unit of time only the number is known by their rounded times; given that, they are
  /// independent and uniform in the unit if the rate is the same throughout it, so that what comes out is a Poisson process
  /// again. What events do within the unit, the tests then do not see.
  ///
  /// - Parameters:
  ///   - times: rounded down; if to the nearest, all come out later by half a unit, which no test sees.
  ///   - resolution: the unit, as `resolution(of:)` finds it.
  public static func spread(
    _ times: [Double], within resolution: Double, using generator: inout some RandomNumberGenerator
  ) -> [Double] {
    times.map { $0 + resolution * generator.openUniform() }.sorted()
  }
}
