import GodwitKernels
import RealModule

extension RandomWalk {
  /// What the central limit theorem says of P(S = place): 2 / √(2πv) exp(−(place − m)² / 2v), of mean m and variance v; 2 is
  /// the distance of neighbouring places.
  ///
  /// - Precondition: there is a step, and p is neither 0 nor 1.
  public func gaussianProbability(at place: Int, after steps: Int) -> Double {
    RandomWalk.stepsUp(to: place, in: steps) == nil ? 0 : 2 * gaussian(steps).density(at: Double(place))
  }

  /// What the central limit theorem says of P(S ≤ place), with the correction for continuity: the normal law halfway to the next
  /// place.
  ///
  /// - Precondition: there is a step, and p is neither 0 nor 1.
  public func gaussianCDF(_ place: Int, after steps: Int) -> Double {
    gaussian(steps).cdf(Double(place + ((steps + place) % 2 == 0 ? 1 : 0)))
  }

  /// The greatest difference, over the places, of P(S ≤ place) and `gaussianCDF`.
  ///
  /// - Precondition: there is a step, and p is neither 0 nor 1.
  /// - Complexity: O(√n).
  public func gaussianError(after steps: Int) -> Double {
    let (law, limit) = (upSteps(in: steps), gaussian(steps))
    // Beyond ten standard deviations and a hundred steps, by Bernstein's inequality, both laws have less than 10⁻²¹.
    let reach = 10 * law.standardDeviation + 100
    let (low, high) = (Int(max(law.mean - reach, 0)), Int(min(law.mean + reach, Double(steps))))
    var greatest = 0.0
    for up in low...high {
      let middle = Double(2 * up - steps + 1)
      // The smaller tails differ by as much, and have more digits.
      let tails = law.tails(Double(up))
      let difference =
        middle < limit.mean ? tails.upper - limit.cdf(middle) : tails.lower - limit.survival(middle)
      greatest = max(greatest, abs(difference))
    }
    return greatest
  }

  private func gaussian(_ steps: Int) -> Normal {
    guard
      let law = try? Normal(mean: mean(after: steps), standardDeviation: variance(after: steps).squareRoot())
    else {
      fatalError("RandomWalk: \(steps) steps of probability \(probability) have no variance, and no normal limit")
    }
    return law
  }
}
