extension PoissonTest {
  /// The unit to which times were rounded, where a test of times would notice it; nil where it would not.
  ///
  /// Rounding of n gaps of mean m to a unit r moves the shares of the gaps by about r/m, which a test sees as soon as that is not
  /// small against 1/√n. Then some events are a unit apart, so that the unit is the greatest of which all gaps are multiples, and
  /// Euclid's algorithm finds it from the least of them; within 1 %, since times in one unit that were rounded in another, as
  /// minutes in hours, are multiples only nearly.
  ///
  /// - Parameter times: ascending and finite.
  /// - Returns: nil too where no two events are at the same time though of rounded ones some would be: a clock that strikes.
  /// - Complexity: O(n log n).
  public static func resolution(of times: [Double]) -> Double? {
    let gaps = zip(times.dropFirst(), times).map { $0 - $1 }.filter { $0 > 0 }.sorted()
    guard let first = times.first, let last = times.last, var unit = gaps.first else { return nil }
    let number = Double(times.count - 1)
    let mean = (last - first) / number
    let least = 0.02 * mean / number.squareRoot()
    while unit > least {
      // Longer gaps know the unit better, and need it better: it is taken from all before.
      var (sum, multiples) = (0.0, 0.0)
      var rest = 0.0
      for gap in gaps {
        let current = multiples > 0 ? sum / multiples : unit
        let multiple = (gap / current).rounded()
        rest = abs(gap - multiple * current)
        if rest > 0.01 * current { break }
        (sum, multiples, rest) = (sum + gap, multiples + multiple, 0)
      }
      if rest == 0 {
        // Of gaps of a Poisson process about r/(2m + r) are then 0.
        let isTied = gaps.count < times.count - 1 || number * unit / (2 * mean + unit) < 3
        return isTied ? sum / multiples : nil
      }
      unit = rest
    }
    return nil
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
