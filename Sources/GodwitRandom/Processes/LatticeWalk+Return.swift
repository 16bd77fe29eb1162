import GodwitKernels
import RealModule

extension LatticeWalk {
  // MARK: By the time

  /// The probabilities of being back at the origin after 0, 1, …, `steps` steps, those of odd times 0: (C(2m, m) / 4ᵐ)ᵈ in one and
  /// two dimensions.
  ///
  /// - Precondition: the number of steps is not negative.
  /// - Complexity: O(n) in one and two dimensions, else O(d n^1.5).
  public func returns(upTo steps: Int) -> [Double] {
    let origin = [Int](repeating: 0, count: dimensions)
    requireUsable(origin, steps)
    let law = mixture(at: origin, upTo: steps)
    return (0...steps).map { $0 % 2 == 0 ? law.probability(after: $0) : 0 }
  }

  /// The probabilities of being back at the origin for the first time after 0, 1, …, `steps` steps.
  ///
  /// Their generating function is F = 1 − 1 / U for that U of the returns, as each return is the first or follows it (Feller
  /// 1968, XIII.3); the error is a few roundings of a return's probability.
  ///
  /// - Precondition: the number of steps is not negative.
  /// - Complexity: O(n) in one dimension, else O(n²).
  public func firstReturns(upTo steps: Int) -> [Double] {
    if dimensions == 1 { return (0...steps).map(RandomWalk.fair.firstReturn(after:)) }
    let returns = returns(upTo: steps)
    // A series in x²: there are even times only.
    let even = PowerSeries(stride(from: 0, through: steps, by: 2).map { returns[$0] })
    let inverse = even.power(-1).coefficients
    var first = [Double](repeating: 0, count: steps + 1)
    for m in inverse.indices.dropFirst() { first[2 * m] = -inverse[m] }
    return first
  }

  /// The probability of being back at the origin at least once within `steps` steps.
  ///
  /// - Precondition: the number of steps is not negative.
  /// - Complexity: O(1) in one dimension, else O(n²).
  public func probabilityOfReturn(within steps: Int) -> Double {
    dimensions == 1 ? RandomWalk.fair.probabilityOfReturn(within: steps) : compensatedSum(firstReturns(upTo: steps))
  }

  // MARK: In all time

  /// The mean number of times, 0 included, at which the walk is at the origin, Green's function there; infinite in one and two
  /// dimensions, and Watson's integral in three.
  public var meanVisits: Double { 1 + meanReturns }

  /// Pólya's probability of ever coming back to the origin: 1 − 1 / `meanVisits`, which is 1 in one and two dimensions.
  public var probabilityOfReturn: Double { dimensions <= 2 ? 1 : meanReturns / (1 + meanReturns) }

  /// ∫ (e^(−t/d) I₀(t/d))ᵈ − e⁻ᵗ dt over t > 0, to about 15 digits.
  ///
  /// I₀(t/d)ᵈ is the exponential generating function of the probabilities of return (Montroll 1956, "Random walks in
  /// multidimensional spaces, especially on periodic lattices"), and e⁻ᵗ that of the time 0, without which the small numbers of
  /// many dimensions keep their digits. By Gauss's rule on intervals of doubling lengths up to 20d or more, then in s with
  /// t = end / s², in which the integrand is sᵈ⁻³ times a function without a singularity.
  private var meanReturns: Double {
    if dimensions <= 2 { return .infinity }
    let d = Double(dimensions)
    var (start, width, sum) = (0.0, 1.0, 0.0)
    while start < 20 * d {
      sum += width * GaussLegendre.integral { occupation(start + width * $0) }
      start += width
      width = start
    }
    return sum + GaussLegendre.integral { 2 * start / ($0 * $0 * $0) * occupation(start / ($0 * $0)) }
  }

  /// The probability that the walk which steps at the times of a Poisson process, once in a unit of time in the mean, has made a
  /// step and is at the origin.
  private func occupation(_ time: Double) -> Double {
    let d = Double(dimensions)
    if time < 20 * d {
      let growth = d * .log(onePlus: besselI0MinusOne(time / d))
      if growth < 1 { return .exp(-time) * .expMinusOne(growth) }
    }
    return .pow(scaledBesselI0(time / d), d) - .exp(-time)
  }
}
