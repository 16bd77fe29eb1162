import RealModule

extension DiscreteDistribution {
  /// The least value whose cdf is `probability` or more, found from a guess outwards by steps that double, then by halving;
  /// the greatest value of the support where an `Int` is too small for it.
  ///
  /// A step that is further from the probability than `quick` may be wrong is decided by that. Nearer ones are by the cdf that
  /// is rounded once, and else are taken as reached, as a probability that was made from the step itself may be on either
  /// side of what is computed.
  ///
  /// - Parameters:
  ///   - quick: the cdf, within the bound that `Distribution` promises.
  ///   - rounded: the cdf rounded once, nil where there is none.
  /// - Complexity: two evaluations of the cdf at a true guess, O(log) of its error at another.
  func leastValue(
    reaching probability: Double, near guess: Double, quick: (Double) -> Double, rounded: (Double) -> Double?
  ) -> Int {
    requireProbability(probability)
    let (least, greatest) = (support.lowerBound, support.upperBound)
    if probability == 0 { return least }
    if probability == 1 { return greatest }
    let tail = min(probability, 1 - probability)
    let bound = 1e-13 * max(1, -.log(tail) / 100) * tail
    let (lowest, highest) = (probability - bound, probability + bound)
    func reaches(_ value: Int) -> Bool {
      let value = Double(value)
      let here = quick(value)
      if abs(here - probability) > bound + probability.ulp { return here >= probability }
      if let here = rounded(value) { return here >= probability }
      // Steps that are closer than the bound are not told apart.
      return here >= probability || (here >= lowest && quick(value - 1) < lowest && quick(value + 1) > highest)
    }
    // Below `low` or there the cdf is less, at `high` it is enough.
    var high = guess >= Double(greatest) ? greatest : guess >= Double(least) ? Int(guess.rounded(.down)) : least
    var low = high
    var step = 1
    if reaches(high) {
      repeat {
        high = low
        if high == least { return high }
        low = high - min(step, high - least)
        step = min(2 * step, 1 << 60)
      } while reaches(low)
    } else {
      repeat {
        low = high
        if high == greatest { return high }
        high = low + min(step, greatest - low)
        step = min(2 * step, 1 << 60)
      } while !reaches(high)
    }
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if reaches(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// A guess at a quantile by the first terms of Cornish and Fisher's expansion (1938).
  func quantileGuess(_ probability: Double) -> Double {
    if probability <= 0 || probability >= 1 { return mean }
    let z = normalQuantile(probability)
    return mean + standardDeviation * (z + skewness * (z * z - 1) / 6)
  }
}
